import { decodeSlotsRecord } from '../metadata/group-slots.js';
import { BROKERS_PREFIX, CONTROLLER_KEY, GROUP_SLOTS_KEY } from '../metadata/keys.js';
import type { MetadataStore } from '../metadata/metadata-store.js';
import { decodeBrokerRegistration, decodeIncarnationRecord } from '../metadata/records.js';
import type { BrokerInfo } from './messages.js';

/**
 * The live brokers by id, as the metadata store has them now.
 *
 * @throws MetadataUnavailableError, MetadataFormatError
 */
export async function listBrokers(store: Pick<MetadataStore, 'range' | 'get'>): Promise<BrokerInfo[]> {
  const [registrations, controller, groupSlots] = await Promise.all([
    store.range(BROKERS_PREFIX),
    store.get(CONTROLLER_KEY),
    store.get(GROUP_SLOTS_KEY),
  ]);
  const controllerIncarnation = controller && decodeIncarnationRecord(controller.value, controller.key).incarnationId;
  const slots = groupSlots === undefined ? [] : decodeSlotsRecord(groupSlots).slots;
  return registrations.entries
    .map(({ key, value }) => {
      const { brokerId, host, port, rack, version, startedAt, draining, incarnationId } = decodeBrokerRegistration(
        value,
        key,
      );
      return {
        ...{ brokerId, host, port, rack, version, startedAt, draining },
        controller: incarnationId === controllerIncarnation,
        groupSlots: slots.filter((slot) => slot.incarnationId === incarnationId).length,
      };
    })
    .sort((one, other) => Number(one.brokerId) - Number(other.brokerId));
}
