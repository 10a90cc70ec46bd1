// Calls the C# probe server with @grpc/grpc-js: node call.js PLAIN-ADDRESS MTLS-ADDRESS TLS-FOLDER. Prints {"name":..., "got":...} a line for each scenario.
'use strict';
const { grpc, Probe, Health, tls, limits } = require('./probe');

const [plainAddress, mtlsAddress, tlsFolder] = process.argv.slice(2);
const client = (options) => new Probe(plainAddress, grpc.credentials.createInsecure(), { ...limits, ...options });
const plain = client();
const files = tls(tlsFolder);
const soon = () => ({ deadline: Date.now() + 20000 });

const unary = (probe, request, metadata = new grpc.Metadata(), options = soon()) =>
  new Promise((resolve) => {
    const seen = {};
    const call = probe.Ask(request, metadata, options, (error, reply) => Object.assign(seen, { error, reply }));
    call.on('metadata', (headers) => (seen.headers = headers));
    call.on('status', (status) => resolve({ ...seen, status }));
  });

const drain = (call) =>
  new Promise((resolve) => {
    const replies = [];
    call.on('data', (reply) => replies.push(reply));
    call.on('error', () => {});
    call.on('status', (status) => resolve({ replies, status }));
  });

const scenarios = {
  async unary() {
    const { reply } = await unary(plain, { text: 'hello', count: 7, payload: Buffer.from([0, 255]) });
    return `${reply.text} ${reply.count} ${reply.payload.toString('hex')}`;
  },
  async serverStream() {
    const { replies, status } = await drain(plain.Spread({ count: 1000 }, soon()));
    return `${replies.length} ${replies.every((r, i) => r.count === i)} ${status.code}`;
  },
  async clientStream() {
    return new Promise((resolve) => {
      const call = plain.Collect(soon(), (error, reply) => resolve(`${reply.count} ${reply.text}`));
      for (let i = 0; i < 5; i++) call.write({ text: `${i}` });
      call.end();
    });
  },
  async duplex() {
    const call = plain.Chat(soon());
    let answered = 0;
    call.write({ count: 0 });
    call.on('data', (reply) => (++answered < 100 ? call.write({ count: reply.count + 1 }) : call.end()));
    const { replies, status } = await drain(call);
    return `${replies.length} ${replies[99].count} ${status.code}`;
  },
  async metadata() {
    const metadata = new grpc.Metadata();
    metadata.set('probe-text', 'a, b ~');
    metadata.set('probe-bin', Buffer.from([0, 1, 2, 255]));
    const { headers, status } = await unary(plain, {}, metadata);
    return `${headers.get('probe-text')[0]} ${status.metadata.get('probe-bin')[0].toString('hex')}`;
  },
  async errorStatus() {
    const { status } = await unary(plain, { fail_code: 5, fail_detail: '100 % änderung ✓ 🚀\nzweite Zeile' });
    return `${status.code} ${status.details} ${status.metadata.get('probe-why')[0]}`;
  },
  async streamError() {
    const { replies, status } = await drain(plain.Spread({ count: 2, fail_code: 9, fail_detail: 'no' }, soon()));
    return `${replies.length} ${status.code} ${status.details}`;
  },
  async duplexError() {
    const call = plain.Chat(soon());
    call.write({ fail_code: 3, fail_detail: 'bad' });
    const { status } = await drain(call);
    return `${status.code} ${status.details}`;
  },
  async handlerFailure() {
    const { status } = await unary(plain, { fail_code: 99, fail_detail: 'secret' });
    return `${status.code} ${status.details.includes('secret')}`;
  },
  async deadline() {
    const { status } = await unary(plain, { hang: true, text: 'deadline' }, undefined, { deadline: Date.now() + 1000 });
    return `${status.code}`;
  },
  async cancellation() {
    const call = plain.Spread({ count: 1, hang: true, text: 'cancellation' }, soon());
    call.on('data', () => call.cancel());
    const { status } = await drain(call);
    return `${status.code}`;
  },
  async largeMessage() {
    const { reply } = await unary(plain, { payload: Buffer.alloc(3900000, 1) });
    return `${reply.payload.length}`;
  },
  async tooLargeForServer() {
    const { status } = await unary(plain, { payload: Buffer.alloc(5000000) });
    return `${status.code}`;
  },
  async tooLargeForClient() {
    const { status } = await unary(client({ 'grpc.max_receive_message_length': 1000 }), { payload: Buffer.alloc(2000) });
    return `${status.code}`;
  },
  async gzip() {
    const { reply, status } = await unary(client({ 'grpc.default_compression_algorithm': 2 }), { text: 'z'.repeat(10000) });
    return `${reply && reply.text.length} ${status.code}`;
  },
  async deflateIsUnknown() {
    const { status } = await unary(client({ 'grpc.default_compression_algorithm': 1 }), { text: 'z'.repeat(10000) });
    return `${status.code}`;
  },
  async unknownMethod() {
    const other = new grpc.Client(plainAddress, grpc.credentials.createInsecure());
    const identity = (bytes) => bytes;
    return new Promise((resolve) =>
      other.makeUnaryRequest('/federation.probe.v1.Probe/Nothing', identity, identity, Buffer.alloc(0), (error) => resolve(`${error.code}`)));
  },
  async concurrent() {
    const replies = await Promise.all(Array.from({ length: 500 }, (_, i) => unary(plain, { count: i })));
    return `${replies.filter((r, i) => r.reply && r.reply.count === i).length}`;
  },
  async concurrentStreams() {
    const calls = await Promise.all(Array.from({ length: 300 }, () => drain(plain.Spread({ count: 20, payload: Buffer.alloc(1000) }, soon()))));
    return `${calls.reduce((sum, c) => sum + c.replies.length, 0)}`;
  },
  async health() {
    const health = new Health(plainAddress, grpc.credentials.createInsecure());
    const check = (service) =>
      new Promise((resolve) => health.Check({ service }, soon(), (error, reply) => resolve(error ? error.code : reply.status)));
    return `${await check('')} ${await check('nothing')}`;
  },
  async healthWatch() {
    const health = new Health(plainAddress, grpc.credentials.createInsecure());
    return new Promise((resolve) => {
      const call = health.Watch({ service: 'nothing' }, soon());
      call.on('error', () => {});
      call.on('data', (reply) => {
        resolve(reply.status);
        call.cancel();
      });
    });
  },
  async mtls() {
    const probe = new Probe(mtlsAddress, grpc.credentials.createSsl(files.ca, files.key, files.cert), limits);
    const { headers, status } = await unary(probe, {});
    return `${status.code} ${headers.get('probe-peer')[0]}`;
  },
  async mtlsWithoutCertificate() {
    const probe = new Probe(mtlsAddress, grpc.credentials.createSsl(files.ca), limits);
    const { status } = await unary(probe, {});
    return `${status.code}`;
  },
};

(async () => {
  for (const [name, run] of Object.entries(scenarios)) {
    let got;
    try {
      got = await run();
    } catch (error) {
      got = `threw ${error.stack}`;
    }
    console.log(JSON.stringify({ name, got }));
  }
  process.exit(0);
})();
