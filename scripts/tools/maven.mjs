import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './run.mjs';

const COPY_DEPENDENCIES = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';

/**
 * Puts jars, with all they need at run time, into a folder.
 *
 * @param {string} directory made when it isn't there
 * @param {readonly string[]} artifacts `group:artifact:version`
 */
export async function mavenCopy(directory, artifacts) {
  const project = mkdtempSync(join(tmpdir(), 'kafscale-maven-'));
  try {
    writeFileSync(join(project, 'pom.xml'), pom(artifacts));
    const options = ['--quiet', '--batch-mode', '-DincludeScope=runtime', `-DoutputDirectory=${directory}`];
    await run('mvn', [...options, COPY_DEPENDENCIES], { cwd: project });
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
}

function pom(artifacts) {
  const dependencies = artifacts.map((artifact) => {
    const [group, name, version] = artifact.split(':');
    return `<dependency><groupId>${group}</groupId><artifactId>${name}</artifactId><version>${version}</version></dependency>`;
  });
  return [
    '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>',
    '<groupId>kafscale</groupId><artifactId>tools</artifactId><version>1</version>',
    `<dependencies>${dependencies.join('')}</dependencies></project>`,
  ].join('\n');
}
