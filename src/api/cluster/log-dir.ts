import { resolve } from 'node:path';
import type { ObjectStoreConfig } from '../../config/broker-config.js';

/** What the object store is called where brokers with disks name a directory: an absolute path. */
export function logDirOf(objects: ObjectStoreConfig): string {
  switch (objects.kind) {
    case 's3':
      return `/s3/${objects.bucket}/${objects.namespace}`;
    case 'directory':
      return resolve(objects.dataDirectory, 'objects', objects.namespace);
    case 'memory':
      return `/memory/${objects.namespace}`;
  }
}
