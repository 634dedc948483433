#!/usr/bin/env node
/**
 * Installs the servers and clients the tests run against, each pinned to one version, into a cache outside the tree.
 *
 *   node scripts/tools/install.mjs --all
 *   node scripts/tools/install.mjs etcd seaweedfs
 *
 * A tool whose toolchain this machine lacks is skipped with a line that says so; with CI=true that is a failure.
 */
import { ensureInstalled, isInstalled, toolDirectory } from './cache.mjs';
import { recipeOf, recipes } from './registry.mjs';
import { missing } from './toolchains.mjs';

const strict = process.env.CI === 'true';

/** @returns {Promise<boolean>} false when the run as a whole has to fail */
async function installOne(recipe) {
  const started = Date.now();
  try {
    // Asked before the toolchain: what is there stays usable without it, and the answer is quick.
    const reason = isInstalled(recipe) ? undefined : await missing(recipe.toolchain);
    if (reason !== undefined) {
      console.log(`${strict ? 'failed ' : 'skipped'} ${recipe.name} ${recipe.version}: ${reason}`);
      return !strict;
    }
    const fresh = await ensureInstalled(recipe);
    const how = fresh ? `installed in ${((Date.now() - started) / 1000).toFixed(1)} s` : 'present';
    console.log(`${recipe.name} ${recipe.version}: ${how}, ${toolDirectory(recipe)}`);
    return true;
  } catch (error) {
    console.error(`failed  ${recipe.name} ${recipe.version}: ${error.message}`);
    return false;
  }
}

/** One after the other within a toolchain (they share its download cache), toolchains side by side. */
async function install(chosen) {
  const toolchains = [...new Set(chosen.map((recipe) => recipe.toolchain))];
  const results = await Promise.all(
    toolchains.map(async (toolchain) => {
      let good = true;
      for (const recipe of chosen.filter((candidate) => candidate.toolchain === toolchain)) {
        good = (await installOne(recipe)) && good;
      }
      return good;
    }),
  );
  return results.every(Boolean);
}

async function main(args) {
  if (args.length === 0 || args.some((arg) => arg.startsWith('-') && arg !== '--all')) {
    console.log(`usage: install.mjs --all | name…\ntools: ${recipes.map((recipe) => recipe.name).join(', ')}`);
    return args.includes('--help') ? 0 : 2;
  }
  const chosen = args.includes('--all') ? recipes : [...new Set(args)].map(recipeOf);
  return (await install(chosen)) ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
