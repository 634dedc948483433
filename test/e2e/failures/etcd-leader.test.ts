import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startEtcdCluster, type EtcdCluster } from '../../support/etcd-cluster.js';
import { describeWithTools } from '../../support/tools.js';
import { incarnationsIn, LoadedBrokers } from './loaded-brokers.js';

/** Longer than the lease of a broker, 10 s. */
const BEYOND_LEASE_MS = 11_000;
const TIMEOUT_MS = 180_000;

describeWithTools(['etcd-current'], 'I1 I3 I4 I8: two brokers at work on three members of etcd', () => {
  let etcd: EtcdCluster;
  let loaded: LoadedBrokers;

  beforeEach(async () => {
    etcd = await startEtcdCluster();
    loaded = await LoadedBrokers.start({ etcd: [etcd.endpoints, etcd.endpoints] });
  }, TIMEOUT_MS);

  afterEach(async () => {
    await loaded.stop();
    await etcd.stop();
  });

  test.each(['killed', 'paused'] as const)(
    'the leader is %s: the brokers go on under their incarnations while it is away, and nothing is lost',
    async (how) => {
      const leader = await etcd.leader();
      const before = await incarnationsIn(leader.endpoint);
      expect(before).toHaveLength(2);
      if (how === 'killed') await leader.kill();
      else leader.pause();
      const longEnough = delay(BEYOND_LEASE_MS);
      const next = await etcd.leader();
      expect(next).not.toBe(leader);
      await loaded.progress();
      await longEnough;
      await loaded.progress();
      expect(await incarnationsIn(next.endpoint)).toEqual(before);
      if (how === 'killed') await leader.restart();
      else leader.resume();
      await loaded.progress();
      expect(await loaded.finish()).toEqual([]);
      // A member that wakes up still takes itself for the leader, and may call leases gone: brokers then begin anew.
      if (how === 'killed') expect(await incarnationsIn(next.endpoint)).toEqual(before);
    },
    TIMEOUT_MS,
  );
});
