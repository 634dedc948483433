/** Imports point one way: protocol ← api → log → storage, metadata; cluster → metadata. No cycles. */
const only = (room, allowed) => ({
  name: `${room}-imports`,
  comment: `src/${room} may import only itself${allowed.length ? ', ' + allowed.join(', ') : ''} and the leaf rooms`,
  severity: 'error',
  from: { path: `^src/${room}/`, pathNot: '\\.test\\.ts$' },
  to: {
    path: '^src/',
    pathNot: `^src/(${[room, ...allowed, 'time', 'checksum', 'formats', 'generated', 'protobuf', 'protocol/errors\\.ts$'].join('|')})`,
  },
});

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: { pathNot: 'node_modules' }, to: { circular: true } },
    {
      name: 'no-tests-in-code',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(test|bench)/|\\.test\\.ts$' },
    },
    only('time', []),
    only('checksum', []),
    only('formats', []),
    only('generated', ['protobuf']),
    only('protobuf', []),
    only('config', []),
    only('tracing', ['config', 'logging', 'metrics', 'protocol']),
    only('protocol', ['config', 'logging', 'metrics']),
    only('storage', ['config', 'logging', 'metrics']),
    only('metadata', ['config', 'logging', 'metrics']),
    only('cluster', ['config', 'logging', 'metrics', 'metadata']),
    only('log', ['config', 'logging', 'metrics', 'metadata', 'storage', 'protocol/records']),
    only('recovery', ['config', 'logging', 'metrics', 'metadata', 'storage', 'cluster', 'log', 'protocol/records']),
    only('groups', ['config', 'logging', 'metrics', 'metadata', 'cluster', 'protocol/codec', 'protocol/schema']),
    only('api', ['config', 'logging', 'metrics', 'metadata', 'storage', 'log', 'cluster', 'groups', 'protocol']),
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { extensions: ['.ts', '.js'] },
  },
};
