// The probe service as both scripts see it.
'use strict';
const fs = require('node:fs');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const definition = loader.loadSync(['probe.proto', 'grpc_health.proto'], {
  includeDirs: [__dirname],
  keepCase: true,
  defaults: true,
  enums: String,
});
const root = grpc.loadPackageDefinition(definition);

module.exports = {
  grpc,
  Probe: root.federation.probe.v1.Probe,
  Health: root.grpc.health.v1.Health,
  limits: {
    'grpc.max_receive_message_length': 4 * 1024 * 1024,
    'grpc.max_send_message_length': -1,
  },
  // ca.pem, and cert.pem with key.pem where the folder holds them.
  tls(folder) {
    const read = (name) => (fs.existsSync(`${folder}/${name}`) ? fs.readFileSync(`${folder}/${name}`) : null);
    return { ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') };
  },
};
