// Serves Probe with @grpc/grpc-js: node serve.js TLS-FOLDER. Prints {"plain":PORT,"mtls":PORT}, then a line for each call whose cancellation it saw.
'use strict';
const { grpc, Probe, tls, limits } = require('./probe');

function fail(request) {
  const metadata = new grpc.Metadata();
  metadata.set('probe-why', 'asked');
  return { code: request.fail_code, details: request.fail_detail, metadata };
}

function onCancelled(call, request) {
  call.on('cancelled', () => console.log(`cancelled ${request.text}`));
}

const service = {
  Ask(call, callback) {
    const { request } = call;
    const headers = new grpc.Metadata();
    const certificate = call.getAuthContext().sslPeerCertificate;
    headers.set('probe-peer', certificate ? certificate.subject.CN : 'none');
    for (const value of call.metadata.get('probe-text')) headers.add('probe-text', value);
    call.sendMetadata(headers);
    if (request.hang) return onCancelled(call, request);
    if (request.fail_code) return callback(fail(request));
    const trailers = new grpc.Metadata();
    for (const value of call.metadata.get('probe-bin')) trailers.add('probe-bin', value);
    callback(null, { text: request.text, count: request.count, payload: request.payload }, trailers);
  },
  Collect(call, callback) {
    const texts = [];
    call.on('data', (request) => texts.push(request.text));
    call.on('end', () => callback(null, { count: texts.length, text: texts.join(',') }));
    call.on('error', () => {});
  },
  Spread(call) {
    const { request } = call;
    for (let i = 0; i < request.count; i++) call.write({ count: i, text: request.text, payload: request.payload });
    if (request.hang) return onCancelled(call, request);
    if (request.fail_code) return call.emit('error', fail(request));
    call.end();
  },
  Chat(call) {
    call.on('data', (request) => {
      if (request.fail_code) return call.emit('error', fail(request));
      call.write({ text: request.text, count: request.count, payload: request.payload });
    });
    call.on('end', () => call.end());
    call.on('cancelled', () => console.log('cancelled chat'));
    call.on('error', () => {});
  },
};

function listen(credentials) {
  const server = new grpc.Server(limits);
  server.addService(Probe.service, service);
  return new Promise((resolve, reject) =>
    server.bindAsync('localhost:0', credentials, (error, port) => (error ? reject(error) : resolve(port))));
}

(async () => {
  const { ca, cert, key } = tls(process.argv[2]);
  const plain = await listen(grpc.ServerCredentials.createInsecure());
  const mtls = await listen(grpc.ServerCredentials.createSsl(ca, [{ private_key: key, cert_chain: cert }], true));
  console.log(JSON.stringify({ plain, mtls }));
  // The tests' end is this process's end.
  process.stdin.on('end', () => process.exit(0)).resume();
})();
