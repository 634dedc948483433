import { decodeManifest } from '../../storage/manifest-format.js';
import type { Item } from './item.js';

/** @throws ManifestFormatError when it is damaged: one checksum covers all of it */
export function* inspectManifest(object: Buffer, name: string): Generator<Item, void, undefined> {
  const { segments, epochs, producers, retired, topicConfig, ...fields } = decodeManifest(object, name);
  yield {
    type: 'manifest',
    position: 0,
    fields: {
      ...fields,
      segmentCount: segments.length,
      sizeBytes: object.length,
      topicConfig: Object.fromEntries(topicConfig),
    },
  };
  for (const segment of segments) yield { type: 'manifest-segment', fields: { ...segment } };
  for (const epoch of epochs) yield { type: 'manifest-epoch', fields: { ...epoch } };
  for (const { batches, ...producer } of producers) {
    yield { type: 'manifest-producer', fields: { ...producer, lastSequence: batches.at(-1)?.lastSequence } };
  }
  for (const object of retired) yield { type: 'manifest-retired', fields: { ...object } };
}
