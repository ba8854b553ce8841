// A screenshot service: GET /health says that it is there, POST /picture draws the text that it is sent.
import { createServer } from 'node:http';
import { pictureOf } from './picture.mjs';

const port = Number(process.argv[2]);

const server = createServer(async (request, response) => {
  if (request.method === 'POST' && request.url === '/picture') {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    response.writeHead(200, { 'content-type': 'image/png' });
    response.end(pictureOf(Buffer.concat(pieces).toString()));
    return;
  }
  response.writeHead(request.url === '/health' ? 200 : 404).end();
});

server.on('error', ({ message }) => {
  console.error(message);
  process.exitCode = 1;
});
server.listen(port, '127.0.0.1', () => console.log(`draws on port ${port}`));
process.on('SIGINT', () => server.close(() => process.exit(0)));
