#pragma once

#include "bijou-http.h"

G_BEGIN_DECLS

typedef struct _BijouWebsocketLoop BijouWebsocketLoop;
typedef struct _BijouWebsocket BijouWebsocket;

/**
 * BijouWebsocketFuncs:
 * What comes of a socket. All run on the thread of its loop and must not block.
 * @open: the server has taken it.
 * @message: a text came: valid UTF-8 of at most 4 MiB.
 * @closed: it is over, @error says how (%BIJOU_ERROR_CANCELLED: by bijou_websocket_close()); the
 *   last one.
 */
typedef struct
{
  void (*open) (BijouWebsocket *socket, gpointer user_data);
  void (*message) (BijouWebsocket *socket, const char *text, gsize length, gpointer user_data);
  void (*closed) (BijouWebsocket *socket, const GError *error, gpointer user_data);
} BijouWebsocketFuncs;

/**
 * BijouWebsocketLoop:
 * The thread `bijou-live` that all websockets run on. Made, and stopped, by one thread.
 */
BijouWebsocketLoop *bijou_websocket_loop_new (BijouHttp *http);
/* A ping so often, and so long without a word, after which a server is taken for dead. */
void bijou_websocket_loop_set_patience (BijouWebsocketLoop *self, guint ping_s, guint silence_ms);
/* Closes what is open and waits for the thread, which waits for nobody. */
void bijou_websocket_loop_stop (BijouWebsocketLoop *self);

/**
 * BijouWebsocket:
 * One websocket, from its handshake to its end; whoever wants it to come back makes another.
 * Reference-counted; any thread.
 */
BijouWebsocket *bijou_websocket_open (BijouWebsocketLoop *loop,
                                      BijouHttpRequest *request,
                                      const BijouWebsocketFuncs *funcs,
                                      gpointer user_data,
                                      GDestroyNotify destroy);
/* In place of what was repeated before; only in the functions of the socket. */
void bijou_websocket_repeat (BijouWebsocket *self, const char *text, guint every_s);
void bijou_websocket_close (BijouWebsocket *self);
BijouWebsocket *bijou_websocket_ref (BijouWebsocket *self);
void bijou_websocket_unref (BijouWebsocket *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouWebsocket, bijou_websocket_unref)

G_END_DECLS
