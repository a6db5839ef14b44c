// A room is a path; what a member sends goes to every member of its room, as the documentation of ws shows it.
const { WebSocketServer } = require('ws');

const rooms = new Map();
const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false, backlog: 1024 });

server.on('connection', (socket, request) => {
  const room = rooms.get(request.url) ?? new Set();
  rooms.set(request.url, room);
  room.add(socket);
  socket.on('message', (data) => {
    for (const member of room) member.send(data, { binary: false });
  });
  socket.on('close', () => room.delete(socket));
  socket.on('error', () => {});
});

server.on('listening', () => console.log(`ws on tcp://127.0.0.1:${server.address().port}`));
