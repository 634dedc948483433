/** Folder of an installed tool, undefined when it isn't installed or is out of date. */
export function installedPath(name: string): string | undefined;

/** @throws {Error} when there is no such tool */
export function recipeOf(name: string): { readonly name: string; readonly version: string };
