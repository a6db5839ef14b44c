// As socket_io.js, with the adapter by which several servers pass messages on to each other over Redis' pub/sub.
const http = require('http').createServer();
const { Server } = require('socket.io');
const { createAdapter } = require('@socket.io/redis-adapter');
const { createClient } = require('redis');

async function main() {
  const publisher = createClient({ url: process.env.REDIS });
  const subscriber = publisher.duplicate();
  await Promise.all([publisher.connect(), subscriber.connect()]);
  const server = new Server(http, {
    transports: ['websocket'],
    perMessageDeflate: false,
    adapter: createAdapter(publisher, subscriber),
  });
  server.on('connection', (socket) => {
    let room;
    socket.on('join', async (name) => {
      room = name;
      await socket.join(name);
      socket.emit('joined');
    });
    socket.on('message', (text) => server.to(room).emit('message', text));
  });
  http.listen(0, '127.0.0.1', 1024, () => console.log(`socket.io on tcp://127.0.0.1:${http.address().port}`));
}

main();
