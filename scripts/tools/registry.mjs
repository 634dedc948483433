import { isInstalled, toolDirectory } from './cache.mjs';
import apacheKafka from './recipes/apache-kafka.mjs';
import apacheKafka3 from './recipes/apache-kafka-3.mjs';
import etcd from './recipes/etcd.mjs';
import etcdCurrent from './recipes/etcd-current.mjs';
import { otherExamples } from './recipes/examples.mjs';
import goClients from './recipes/go-clients.mjs';
import { javaClient3, javaClient4 } from './recipes/java-client.mjs';
import javaLoadClient from './recipes/java-load-client.mjs';
import kafkaClients from './recipes/kafka-clients.mjs';
import kcat from './recipes/kcat.mjs';
import { mavenExamples } from './recipes/maven-examples.mjs';
import promql from './recipes/promql.mjs';
import pythonClients from './recipes/python-clients.mjs';
import seaweedfs from './recipes/seaweedfs.mjs';

/** Every tool the tests and benchmarks use. */
export const recipes = [
  etcd,
  etcdCurrent,
  seaweedfs,
  pythonClients,
  kcat,
  kafkaClients,
  javaClient3,
  javaClient4,
  javaLoadClient,
  apacheKafka,
  apacheKafka3,
  goClients,
  promql,
  ...mavenExamples,
  ...otherExamples,
];

/** @throws {Error} when there is no such tool */
export function recipeOf(name) {
  const recipe = recipes.find((candidate) => candidate.name === name);
  if (recipe === undefined) {
    throw new Error(`unknown tool "${name}", known are: ${recipes.map((known) => known.name).join(', ')}`);
  }
  return recipe;
}

/** Folder of an installed tool, undefined when it isn't installed or is out of date. */
export function installedPath(name) {
  const recipe = recipeOf(name);
  return isInstalled(recipe) ? toolDirectory(recipe) : undefined;
}
