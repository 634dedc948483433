/** Folder of an installed tool, undefined when it isn't installed or is out of date. */
export function installedPath(name: string): string | undefined;
