// Makes load for tests/bench/live_bench.py over WebSocket, and prints what came of it as JSON.
'use strict';
const WebSocket = require('ws');

const [mode, address, ...numbers] = process.argv.slice(2);
const url = address.replace(/^http/, 'ws') + '/api/v1/ws';

function connect() {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, {perMessageDeflate: false});
    socket.once('open', () => resolve(socket));
    socket.once('error', reject);
  });
}

function quantile(sorted, share) {
  return sorted.length ? sorted[Math.round(share * (sorted.length - 1))] : 0;
}

// Sends `perSecond` calls a second in even portions; `send(n)` sends the n-th.
function pace(perSecond, seconds, send) {
  return new Promise((resolve) => {
    const began = performance.now();
    const total = Math.round(perSecond * seconds);
    let sent = 0;
    const timer = setInterval(() => {
      const due = Math.min(total, Math.floor(((performance.now() - began) / 1000) * perSecond));
      while (sent < due) send(sent++);
      if (sent === total) {
        clearInterval(timer);
        resolve(total);
      }
    }, 4);
  });
}

// Calls what `call(n)` says, and prints how it was answered.
async function calls(perSecond, seconds, call) {
  const socket = await connect();
  const times = new Map();
  const delays = [];
  let refused = 0;
  let finish;
  const finished = new Promise((resolve) => { finish = resolve; });
  let total = Infinity;
  socket.on('message', (text) => {
    const message = JSON.parse(text);
    if (!times.has(message.id)) return;
    delays.push(performance.now() - times.get(message.id));
    times.delete(message.id);
    if (message.error) refused++;
    if (delays.length === total) finish();
  });
  const began = performance.now();
  total = await pace(perSecond, seconds, (n) => {
    times.set(n, performance.now());
    socket.send(JSON.stringify({jsonrpc: '2.0', id: n, ...call(n)}));
  });
  if (delays.length < total) await Promise.race([finished, new Promise((r) => setTimeout(r, 20000))]);
  const took = (performance.now() - began) / 1000;
  delays.sort((a, b) => a - b);
  console.log(JSON.stringify({
    sent: total, answered: delays.length - refused, refused, seconds: took,
    p50: quantile(delays, 0.5), p99: quantile(delays, 0.99),
  }));
  socket.terminate();
}

// Viewers' messages, one after another, to a chat; answered as updates are.
async function chat(perSecond, seconds) {
  const words = 'what a lovely piece 🔥 I would give two for it, or three if the frame is oak'.split(' ');
  await calls(perSecond, seconds, (n) => ({
    method: 'chat.say',
    params: {id: 'chat', message: {
      author: `viewer_${n % 97}`, highlighted: n % 25 === 0,
      text: `${n}: ${words.slice(n % 7, 4 + n % words.length).join(' ')}`,
    }},
  }));
}

async function updates(perSecond, seconds, layers) {
  await calls(perSecond, seconds, (n) => ({
    method: 'layers.update',
    params: {id: `box-${n % layers}`, patch: {opacity: 0.25 + (n % 1000) / 2000}},
  }));
}

async function subscribers(count, perSecond, seconds) {
  const sockets = [];
  let received = 0;
  let outOfOrder = 0;
  let lost = 0;
  let ready = 0;
  const total = Math.round(perSecond * seconds);
  for (let i = 0; i < count; i++) {
    const socket = await connect();
    let revision = null;
    socket.on('close', () => lost++);
    socket.on('message', (text) => {
      const message = JSON.parse(text);
      if (message.method === 'scene') {
        revision = message.params.revision;
        ready++;
      }
      if (message.method !== 'layer.updated') return;
      if (message.params.revision !== revision + 1) outOfOrder++;
      revision = message.params.revision;
      received++;
    });
    socket.send(JSON.stringify({jsonrpc: '2.0', id: 1, method: 'subscribe', params: {}}));
    sockets.push(socket);
  }
  while (ready < count) await new Promise((r) => setTimeout(r, 10));
  const sender = await connect();
  await pace(perSecond, seconds, (n) => sender.send(JSON.stringify({
    jsonrpc: '2.0', id: n, method: 'layers.update',
    params: {id: 'box-1', patch: {opacity: 0.25 + (n % 1000) / 2000}},
  })));
  const expected = total * count;
  const deadline = performance.now() + 20000;
  while (received < expected && performance.now() < deadline) {
    await new Promise((r) => setTimeout(r, 20));
  }
  const lostBefore = lost;
  console.log(JSON.stringify({
    subscribers: count, received, expected, out_of_order: outOfOrder, lost: lostBefore,
  }));
  for (const socket of sockets) socket.terminate();
  sender.terminate();
}

const modes = {updates, chat, subscribers};
modes[mode](...numbers.map(Number)).then(() => process.exit(0), (error) => {
  console.error(error);
  process.exit(1);
});
