#include "config.h"

#include "bijou-websocket.h"

#include "bijou-websocket-message.h"

/* A change of a large library names all its items. */
#define MAX_MESSAGE (4u * 1024u * 1024u)
#define HANDSHAKE_MS 15000
#define FAREWELL_MS 1000
#define PING_S 30
/* Two pings and a half. */
#define SILENCE_MS 75000

struct _BijouWebsocketLoop
{
  BijouHttp *http;       /* (owned) */
  GMainContext *context; /* (owned) */
  GMainLoop *loop;       /* (owned) */
  GThread *thread;       /* (owned) */
  gint ping_s;           /* atomic */
  gint silence_ms;       /* atomic */

  struct
  {                      /* the thread's alone */
    GHashTable *sockets; /* (owned) of BijouWebsocket: those that are not over */
    gboolean stopping;
  } live;
};

typedef enum
{
  PHASE_HANDSHAKE,
  PHASE_OPEN,
  PHASE_FAREWELL, /* our close was sent, the server's is awaited */
  PHASE_OVER,
} Phase;

struct _BijouWebsocket
{
  gatomicrefcount references;
  BijouWebsocketLoop *loop;         /* (unowned) waits for it in bijou_websocket_loop_stop() */
  BijouHttpRequest *request;        /* (owned) */
  const BijouWebsocketFuncs *funcs; /* (unowned) static */
  gpointer user_data;               /* (owned) by @destroy, on the thread, at the end */
  GDestroyNotify destroy;           /* (nullable) */

  struct
  { /* the thread's alone */
    Phase phase;
    SoupSession *session;                /* (owned) (nullable) */
    SoupMessage *message;                /* (owned) (nullable) */
    SoupWebsocketConnection *connection; /* (owned) (nullable) */
    GCancellable *cancellable;           /* (owned) of the handshake */
    GSource *deadline;                   /* (owned) (nullable) of the phase */
    GSource *repeater;                   /* (owned) (nullable) */
    char *repeated;                      /* (owned) (nullable) */
    gint64 heard_at;                     /* monotonic µs */
    GError *failure;                     /* (owned) (nullable) why it is about to be closed */
    gboolean timed_out;
    gboolean unwanted; /* closed by its owner */
  } live;
};

/* --- life --- */

/**
 * bijou_websocket_ref:
 * @self: a socket
 *
 * Returns: (transfer full): @self
 */
BijouWebsocket *
bijou_websocket_ref (BijouWebsocket *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

/**
 * bijou_websocket_unref:
 * @self: (transfer full): a socket; one that is not over lives on until it is
 */
void
bijou_websocket_unref (BijouWebsocket *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;

  bijou_http_request_unref (self->request);
  g_object_unref (self->live.cancellable);
  g_free (self);
}

static void
drop_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
start_source (BijouWebsocket *self, GSource **source, guint ms, GSourceFunc func)
{
  drop_source (source);
  *source = g_timeout_source_new (ms);
  g_source_set_callback (*source, func, self, NULL);
  g_source_attach (*source, self->loop->context);
}

/* Once, whatever the phase. */
static void
end (BijouWebsocket *self, const GError *error)
{
  g_autoptr (GError) given_up = NULL;

  if (self->live.phase == PHASE_OVER)
    return;
  self->live.phase = PHASE_OVER;
  drop_source (&self->live.deadline);
  drop_source (&self->live.repeater);
  g_clear_pointer (&self->live.repeated, g_free);
  g_clear_error (&self->live.failure);
  if (self->live.connection != NULL)
    g_signal_handlers_disconnect_by_data (self->live.connection, self);
  g_clear_object (&self->live.connection);
  g_clear_object (&self->live.message);
  g_clear_object (&self->live.session);

  if (self->live.unwanted)
    given_up = g_error_new_literal (BIJOU_ERROR, BIJOU_ERROR_CANCELLED, "Closed");
  self->funcs->closed (self, given_up != NULL ? given_up : error, self->user_data);
  if (self->destroy != NULL)
    self->destroy (self->user_data);
  self->user_data = NULL;

  if (self->loop->live.stopping && g_hash_table_size (self->loop->live.sockets) == 1)
    g_main_loop_quit (self->loop->loop);
  g_hash_table_remove (self->loop->live.sockets, self);
}

static void
end_with (BijouWebsocket *self, BijouError code, const char *text)
{
  g_autoptr (GError) error = g_error_new_literal (BIJOU_ERROR, code, text);

  end (self, error);
}

/* --- an open socket --- */

static gboolean
on_silence_cb (gpointer data)
{
  BijouWebsocket *self = data;
  gint64 patience = g_atomic_int_get (&self->loop->silence_ms);
  gint64 silence = (g_get_monotonic_time () - self->live.heard_at) / 1000;

  if (silence >= patience)
    end_with (self, BIJOU_ERROR_TIMEOUT, "The server has not said a word for too long");
  else
    start_source (self, &self->live.deadline, (guint) (patience - silence), on_silence_cb);
  return G_SOURCE_REMOVE;
}

static void
note_heard (BijouWebsocket *self)
{
  self->live.heard_at = g_get_monotonic_time ();
}

static void
on_message_cb (SoupWebsocketConnection *connection, int type, GBytes *bytes, BijouWebsocket *self)
{
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);

  note_heard (self);
  if (type == SOUP_WEBSOCKET_DATA_TEXT && length > 0)
    self->funcs->message (self, text, length, self->user_data);
}

static void
on_pong_cb (SoupWebsocketConnection *connection, GBytes *bytes, BijouWebsocket *self)
{
  note_heard (self);
}

/* A reset, or what is no websocket, or too long a text. */
static void
on_error_cb (SoupWebsocketConnection *connection, const GError *error, BijouWebsocket *self)
{
  BijouError code =
      error->domain == SOUP_WEBSOCKET_ERROR ? BIJOU_ERROR_PROTOCOL : BIJOU_ERROR_OFFLINE;

  g_clear_error (&self->live.failure);
  self->live.failure = g_error_new_literal (BIJOU_ERROR, code, error->message);
}

static void
on_closed_cb (SoupWebsocketConnection *connection, BijouWebsocket *self)
{
  g_autoptr (BijouWebsocket) held = bijou_websocket_ref (self);
  g_autoptr (GError) failure = g_steal_pointer (&self->live.failure);

  if (failure != NULL)
    end (self, failure);
  else
    end_with (self, BIJOU_ERROR_SERVER, "The server closed the websocket");
}

static void
begin_talk (BijouWebsocket *self, SoupWebsocketConnection *connection)
{
  self->live.phase = PHASE_OPEN;
  self->live.connection = connection;
  soup_websocket_connection_set_max_incoming_payload_size (connection, MAX_MESSAGE);
  soup_websocket_connection_set_keepalive_interval (connection,
                                                    (guint) g_atomic_int_get (&self->loop->ping_s));
  g_signal_connect (connection, "message", G_CALLBACK (on_message_cb), self);
  g_signal_connect (connection, "pong", G_CALLBACK (on_pong_cb), self);
  g_signal_connect (connection, "error", G_CALLBACK (on_error_cb), self);
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed_cb), self);
  note_heard (self);
  start_source (self, &self->live.deadline, (guint) g_atomic_int_get (&self->loop->silence_ms),
                on_silence_cb);
  self->funcs->open (self, self->user_data);
}

/* --- the handshake --- */

static gboolean
on_handshake_deadline_cb (gpointer data)
{
  BijouWebsocket *self = data;

  self->live.timed_out = TRUE;
  g_cancellable_cancel (self->live.cancellable);
  return G_SOURCE_REMOVE;
}

static void
fail_handshake (BijouWebsocket *self, const GError *error)
{
  g_autoptr (GError) own = bijou_websocket_create_error (self->live.message, error);

  if (self->live.timed_out)
    end_with (self, BIJOU_ERROR_TIMEOUT, "The server did not take the websocket in time");
  else
    end (self, own);
}

static void
on_connected_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BijouWebsocket) self = user_data;
  g_autoptr (GError) error = NULL;
  SoupWebsocketConnection *connection =
      soup_session_websocket_connect_finish (SOUP_SESSION (source), result, &error);

  drop_source (&self->live.deadline);
  if (connection == NULL)
    fail_handshake (self, error);
  else if (self->live.unwanted)
    {
      g_object_unref (connection);
      end (self, NULL);
    }
  else
    begin_talk (self, connection);
}

static gboolean
on_begin_cb (gpointer data)
{
  BijouWebsocket *self = data;

  g_hash_table_add (self->loop->live.sockets, bijou_websocket_ref (self));
  self->live.message = bijou_websocket_create_message (self->loop->http, self->request);
  if (self->live.message == NULL || self->live.unwanted || self->loop->live.stopping)
    {
      self->live.unwanted |= self->loop->live.stopping;
      end_with (self, BIJOU_ERROR_USAGE, "The address of the websocket cannot be read");
      return G_SOURCE_REMOVE;
    }
  self->live.session = bijou_websocket_create_session (self->request);
  start_source (self, &self->live.deadline, HANDSHAKE_MS, on_handshake_deadline_cb);
  soup_session_websocket_connect_async (self->live.session, self->live.message, NULL, NULL,
                                        G_PRIORITY_DEFAULT, self->live.cancellable, on_connected_cb,
                                        bijou_websocket_ref (self));
  return G_SOURCE_REMOVE;
}

/**
 * bijou_websocket_open:
 * @loop: the loop it runs on
 * @request: an absolute GET with its credentials in headers, out of bijou_connection_resolve_now()
 * @funcs: what comes of it; static
 * @user_data: for @funcs
 * @destroy: (nullable): frees @user_data after `closed`, on the thread of the loop
 *
 * Begins the handshake. Never blocks; any thread.
 *
 * Returns: (transfer full): a socket
 */
BijouWebsocket *
bijou_websocket_open (BijouWebsocketLoop *loop,
                      BijouHttpRequest *request,
                      const BijouWebsocketFuncs *funcs,
                      gpointer user_data,
                      GDestroyNotify destroy)
{
  BijouWebsocket *self = g_new0 (BijouWebsocket, 1);

  g_atomic_ref_count_init (&self->references);
  self->loop = loop;
  self->request = bijou_http_request_ref (request);
  self->funcs = funcs;
  self->user_data = user_data;
  self->destroy = destroy;
  self->live.cancellable = g_cancellable_new ();
  g_main_context_invoke_full (loop->context, G_PRIORITY_DEFAULT, on_begin_cb,
                              bijou_websocket_ref (self), (GDestroyNotify) bijou_websocket_unref);
  return self;
}

/* --- talking --- */

static void
send_repeated (BijouWebsocket *self)
{
  if (self->live.phase == PHASE_OPEN &&
      soup_websocket_connection_get_state (self->live.connection) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_send_text (self->live.connection, self->live.repeated);
}

static gboolean
on_repeat_cb (gpointer data)
{
  send_repeated (data);
  return G_SOURCE_CONTINUE;
}

/**
 * bijou_websocket_repeat:
 * @self: a socket
 * @text: what to send now
 * @every_s: and again so often, 0: no more
 */
void
bijou_websocket_repeat (BijouWebsocket *self, const char *text, guint every_s)
{
  g_return_if_fail (g_main_context_is_owner (self->loop->context));

  drop_source (&self->live.repeater);
  g_free (self->live.repeated);
  self->live.repeated = g_strdup (text);
  send_repeated (self);
  if (every_s > 0)
    start_source (self, &self->live.repeater, every_s * 1000, on_repeat_cb);
}

/* --- the end --- */

static gboolean
on_farewell_deadline_cb (gpointer data)
{
  end (data, NULL);
  return G_SOURCE_REMOVE;
}

static gboolean
on_close_cb (gpointer data)
{
  BijouWebsocket *self = data;

  self->live.unwanted = TRUE;
  if (self->live.phase == PHASE_HANDSHAKE)
    g_cancellable_cancel (self->live.cancellable);
  if (self->live.phase != PHASE_OPEN)
    return G_SOURCE_REMOVE;

  self->live.phase = PHASE_FAREWELL;
  drop_source (&self->live.repeater);
  g_signal_handlers_disconnect_by_func (self->live.connection, on_message_cb, self);
  start_source (self, &self->live.deadline, FAREWELL_MS, on_farewell_deadline_cb);
  if (soup_websocket_connection_get_state (self->live.connection) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close (self->live.connection, SOUP_WEBSOCKET_CLOSE_GOING_AWAY, NULL);
  return G_SOURCE_REMOVE;
}

/**
 * bijou_websocket_close:
 * @self: a socket
 *
 * `closed` follows unless it was over already; nothing else does, but for what is running. Never
 * blocks; any thread.
 */
void
bijou_websocket_close (BijouWebsocket *self)
{
  g_main_context_invoke_full (self->loop->context, G_PRIORITY_DEFAULT, on_close_cb,
                              bijou_websocket_ref (self), (GDestroyNotify) bijou_websocket_unref);
}

/* --- the loop --- */

static gpointer
loop_main (gpointer data)
{
  BijouWebsocketLoop *self = data;

  g_main_context_push_thread_default (self->context);
  g_main_loop_run (self->loop);
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

/**
 * bijou_websocket_loop_new:
 * @http: the client, for the authorities it knows
 *
 * Returns: (transfer full): a loop with its thread, to be given to bijou_websocket_loop_stop()
 */
BijouWebsocketLoop *
bijou_websocket_loop_new (BijouHttp *http)
{
  BijouWebsocketLoop *self = g_new0 (BijouWebsocketLoop, 1);

  self->http = g_object_ref (http);
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->live.sockets =
      g_hash_table_new_full (NULL, NULL, (GDestroyNotify) bijou_websocket_unref, NULL);
  bijou_websocket_loop_set_patience (self, PING_S, SILENCE_MS);
  self->thread = g_thread_new ("bijou-live", loop_main, self);
  return self;
}

/**
 * bijou_websocket_loop_set_patience:
 * @self: a loop
 * @ping_s: how often a ping is sent
 * @silence_ms: how long a server may be silent
 *
 * Holds for sockets that open from now on. Any thread.
 */
void
bijou_websocket_loop_set_patience (BijouWebsocketLoop *self, guint ping_s, guint silence_ms)
{
  g_atomic_int_set (&self->ping_s, (gint) ping_s);
  g_atomic_int_set (&self->silence_ms, (gint) silence_ms);
}

static gboolean
on_stop_cb (gpointer data)
{
  BijouWebsocketLoop *self = data;
  g_autoptr (GList) sockets = g_hash_table_get_keys (self->live.sockets);

  self->live.stopping = TRUE;
  if (sockets == NULL)
    g_main_loop_quit (self->loop);
  for (GList *link = sockets; link != NULL; link = link->next)
    {
      BijouWebsocket *socket = link->data;

      on_close_cb (socket);
      /* The handshake ends by itself, now that it is cancelled. */
      if (socket->live.phase != PHASE_HANDSHAKE)
        end (socket, NULL);
    }
  return G_SOURCE_REMOVE;
}

/**
 * bijou_websocket_loop_stop:
 * @self: (transfer full): a loop
 *
 * Every socket that is not over is closed; their functions have run when it returns.
 */
void
bijou_websocket_loop_stop (BijouWebsocketLoop *self)
{
  g_main_context_invoke (self->context, on_stop_cb, self);
  g_thread_join (self->thread);
  /* What was queued after the end: sockets that were opened or closed meanwhile. */
  g_main_context_push_thread_default (self->context);
  while (g_main_context_iteration (self->context, FALSE))
    ;
  g_main_context_pop_thread_default (self->context);

  g_hash_table_unref (self->live.sockets);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_object_unref (self->http);
  g_free (self);
}
