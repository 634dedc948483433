import { describe, expect, test } from '@jest/globals';
import { ObjectStoreError } from './object-store.js';
import { translateS3Error } from './s3-errors.js';

const check = { operation: 'check', bucket: 'b', endpoint: 'https://s3.example' } as const;
const systemError = (code: string) => Object.assign(new Error(`it said ${code}`), { code });

describe('errors of S3', () => {
  test.each([
    ['ECONNREFUSED', 'cannot connect: connection refused'],
    ['ENOTFOUND', 'cannot connect: no such host'],
    ['UND_ERR_CONNECT_TIMEOUT', 'cannot connect: no answer in time'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'its certificate is not trusted (unknown CA): give its CA'],
    ['EPIPE', 'it said EPIPE'],
  ])('%s is said in words', (code, reason) => {
    for (const error of [systemError(code), new Error('wrapped', { cause: systemError(code) })]) {
      const translated = translateS3Error(error, check);
      expect(translated).toBeInstanceOf(ObjectStoreError);
      if (code !== 'EPIPE') expect(translated.message).toBe(`cannot use bucket "b" at https://s3.example: ${reason}`);
      expect(translated.cause).toBe(error);
    }
  });

  test('missing credentials are said in words', () => {
    const error = Object.assign(new Error('Could not load'), { name: 'CredentialsProviderError' });
    expect(translateS3Error(error, check).message).toContain('no credentials found');
  });

  test('what is no error at all still gives one', () => {
    expect(translateS3Error(undefined, check).message).toBe('cannot use bucket "b" at https://s3.example: undefined');
    expect(translateS3Error('odd', check).message).toContain('odd');
  });

  test('an error of the port passes as it is', () => {
    const error = new ObjectStoreError('already translated');
    expect(translateS3Error(error, check)).toBe(error);
  });
});
