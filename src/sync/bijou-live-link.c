#include "config.h"

#include "bijou-live-link.h"

#include "bijou-url.h"

/* What the main thread and the threads that work for it share. The last of them frees it. */
typedef struct
{
  gatomicrefcount references;
  BijouLiveLink *link; /* (nullable) main thread only: NULL once the link does not care any more */
  BijouBackend *backend;     /* (owned) */
  BijouLiveInbox *inbox;     /* (owned) */
  GCancellable *cancellable; /* (owned) of questions */
} Shared;

/* One socket, as its thread knows it. */
typedef struct
{
  Shared *shared; /* (owned) */
  guint number;   /* of the socket */
} Line;

struct _BijouLiveLink
{
  BijouWebsocketLoop *loop;        /* (unowned) */
  const BijouLivePace *pace;       /* (unowned) */
  const BijouLiveLinkFuncs *funcs; /* (unowned) */
  gpointer user_data;
  Shared *shared;         /* (owned) */
  BijouWebsocket *socket; /* (owned) (nullable) the one that counts */
  guint number;           /* of that */
  char *url;              /* (owned) (nullable) of the last one */
  gboolean is_up;
  gint64 up_at;       /* monotonic µs */
  guint retry_ms;     /* the last pause, 0 none */
  guint refusals;     /* in a row */
  guint retry_source; /* 0 none */
  gboolean is_asking;
  gboolean was_cut_off; /* the connection was lost since the last try: the next one is at once */
};

static Shared *
shared_ref (Shared *shared)
{
  g_atomic_ref_count_inc (&shared->references);
  return shared;
}

static void
shared_unref (Shared *shared)
{
  if (!g_atomic_ref_count_dec (&shared->references))
    return;

  g_object_unref (shared->backend);
  bijou_live_inbox_unref (shared->inbox);
  g_object_unref (shared->cancellable);
  g_free (shared);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Shared, shared_unref)

static void
line_free (gpointer data)
{
  Line *line = data;

  shared_unref (line->shared);
  g_free (line);
}

/* --- telling the main thread --- */

typedef struct
{
  Shared *shared; /* (owned) */
  guint number;
  gboolean has_opened;
  GError *error; /* (owned) (nullable) it is over */
} Report;

static void
report_free (Report *report)
{
  shared_unref (report->shared);
  g_clear_error (&report->error);
  g_free (report);
}

static gboolean on_report_cb (gpointer data);
static gboolean on_news_cb (gpointer data);

static void
report_in_live_thread (Line *line, gboolean has_opened, const GError *error)
{
  Report *report = g_new0 (Report, 1);

  report->shared = shared_ref (line->shared);
  report->number = line->number;
  report->has_opened = has_opened;
  report->error = error != NULL ? g_error_copy (error) : NULL;
  g_idle_add_full (G_PRIORITY_DEFAULT, on_report_cb, report, (GDestroyNotify) report_free);
}

static void
on_socket_open_cb (BijouWebsocket *socket, gpointer user_data)
{
  report_in_live_thread (user_data, TRUE, NULL);
}

static void
on_socket_message_cb (BijouWebsocket *socket, const char *text, gsize length, gpointer user_data)
{
  Shared *shared = ((Line *) user_data)->shared;
  BijouEventReply reply = { NULL };
  g_autoptr (GPtrArray) events = bijou_backend_parse_event (shared->backend, text, length, &reply);

  if (reply.text != NULL)
    bijou_websocket_repeat (socket, reply.text, reply.every_s);
  bijou_event_reply_clear (&reply);
  if (bijou_live_inbox_add (shared->inbox, events))
    g_idle_add_full (G_PRIORITY_DEFAULT, on_news_cb, shared_ref (shared),
                     (GDestroyNotify) shared_unref);
}

static void
on_socket_closed_cb (BijouWebsocket *socket, const GError *error, gpointer user_data)
{
  report_in_live_thread (user_data, FALSE, error);
}

static const BijouWebsocketFuncs socket_funcs = { on_socket_open_cb, on_socket_message_cb,
                                                  on_socket_closed_cb };

static gboolean
on_news_cb (gpointer data)
{
  Shared *shared = data;

  if (shared->link != NULL)
    shared->link->funcs->news (shared->link, shared->link->user_data);
  return G_SOURCE_REMOVE;
}

/* --- opening --- */

static BijouConnection *
get_connection (BijouLiveLink *self)
{
  return bijou_backend_get_connection (self->shared->backend);
}

static void
set_up (BijouLiveLink *self, gboolean is_up)
{
  if (self->is_up == is_up)
    return;
  self->is_up = is_up;
  g_info ("live updates of %s are %s", bijou_backend_get_server_id (self->shared->backend),
          is_up ? "on" : "off");
  self->funcs->changed (self, self->user_data);
}

static void
drop_socket (BijouLiveLink *self)
{
  if (self->socket != NULL)
    bijou_websocket_close (self->socket);
  g_clear_pointer (&self->socket, bijou_websocket_unref);
}

static void
open_socket (BijouLiveLink *self)
{
  g_autoptr (BijouHttpRequest) request = NULL;
  g_autoptr (BijouHttpRequest) resolved = NULL;
  Line *line;

  request = bijou_backend_make_socket_request (self->shared->backend);
  resolved = request != NULL ? bijou_connection_resolve_now (get_connection (self), request) : NULL;
  if (resolved == NULL)
    return;

  drop_socket (self);
  g_free (self->url);
  self->url = g_strdup (bijou_http_request_get_url (resolved));
  self->was_cut_off = FALSE;
  line = g_new0 (Line, 1);
  line->shared = shared_ref (self->shared);
  line->number = ++self->number;
  self->socket = bijou_websocket_open (self->loop, resolved, &socket_funcs, line, line_free);
}

/* --- asking about the server, on a thread of its own --- */

typedef struct
{
  Shared *shared; /* (owned) */
  gboolean about_token;
} Question;

static gboolean
on_answer_cb (gpointer data)
{
  Shared *shared = data;

  if (shared->link != NULL)
    {
      shared->link->is_asking = FALSE;
      bijou_live_link_heed (shared->link);
    }
  return G_SOURCE_REMOVE;
}

/* What it finds out is in the state of the connection. */
static gpointer
ask_in_worker (gpointer data)
{
  Question *question = data;
  BijouBackend *backend = question->shared->backend;
  GCancellable *cancellable = question->shared->cancellable;
  g_autoptr (GError) error = NULL;
  g_autofree char *url = NULL;

  if (question->about_token)
    bijou_backend_check_token (backend, cancellable, &error);
  else
    url =
        bijou_connection_get_base_url (bijou_backend_get_connection (backend), cancellable, &error);
  if (error != NULL)
    g_debug ("%s: %s", bijou_backend_get_server_id (backend), error->message);
  g_idle_add_full (G_PRIORITY_DEFAULT, on_answer_cb, question->shared,
                   (GDestroyNotify) shared_unref);
  g_free (question);
  return NULL;
}

static void
ask (BijouLiveLink *self, gboolean about_token)
{
  Question *question;

  if (self->is_asking)
    return;
  self->is_asking = TRUE;
  question = g_new0 (Question, 1);
  question->shared = shared_ref (self->shared);
  question->about_token = about_token;
  g_thread_unref (g_thread_new ("bijou-live-ask", ask_in_worker, question));
}

/* --- opening again --- */

static gboolean
on_retry_cb (gpointer data)
{
  BijouLiveLink *self = data;

  self->retry_source = 0;
  bijou_live_link_heed (self);
  return G_SOURCE_REMOVE;
}

/* A quarter more or less: the clients of a server that was restarted do not all come at once. */
static void
schedule (BijouLiveLink *self, guint ms)
{
  guint pause = (guint) g_random_int_range ((gint32) (ms - ms / 4), (gint32) (ms + ms / 4 + 1));

  g_clear_handle_id (&self->retry_source, g_source_remove);
  self->retry_source = g_timeout_add (pause, on_retry_cb, self);
}

static void
schedule_retry (BijouLiveLink *self)
{
  gboolean was_stable = self->up_at != 0 &&
                        g_get_monotonic_time () - self->up_at >= self->pace->stable * (gint64) 1000;

  self->retry_ms = self->retry_ms == 0 || was_stable
                       ? self->pace->retry[0]
                       : MIN (self->retry_ms * 2, self->pace->retry[1]);
  schedule (self, self->retry_ms);
}

/* 401 or 403: if it is not the token, something in between takes no websockets, and goes on so. */
static void
heed_refusal (BijouLiveLink *self, const GError *error)
{
  gboolean about_token = g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_UNAUTHORISED) ||
                         g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_FORBIDDEN);

  self->refusals++;
  /* A token that was renewed meanwhile is given one try. */
  if (about_token && self->refusals == 1)
    schedule_retry (self);
  else
    schedule (self, self->pace->refused);
  if (about_token)
    ask (self, TRUE);
}

static gboolean
is_refusal (const GError *error)
{
  return g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_UNAUTHORISED) ||
         g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_FORBIDDEN) ||
         g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND) ||
         g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_PROTOCOL) ||
         g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_USAGE);
}

static void
heed_end (BijouLiveLink *self, GError *error)
{
  gboolean was_up = self->is_up;

  g_clear_pointer (&self->socket, bijou_websocket_unref);
  g_debug ("socket of %s: %s", bijou_backend_get_server_id (self->shared->backend), error->message);
  set_up (self, FALSE);
  if (!was_up && is_refusal (error))
    {
      heed_refusal (self, error);
      return;
    }
  schedule_retry (self);
  self->up_at = 0;
  if (bijou_error_is_transport (error))
    {
      bijou_connection_report_failure (get_connection (self), self->url, error);
      ask (self, FALSE);
    }
}

static void
heed_opening (BijouLiveLink *self)
{
  self->up_at = g_get_monotonic_time ();
  self->refusals = 0;
  set_up (self, TRUE);
}

static gboolean
on_report_cb (gpointer data)
{
  Report *report = data;
  BijouLiveLink *self = report->shared->link;

  /* One that was given up has nothing to say any more. */
  if (self == NULL || self->socket == NULL || report->number != self->number)
    return G_SOURCE_REMOVE;
  if (report->has_opened)
    heed_opening (self);
  else
    heed_end (self, report->error);
  return G_SOURCE_REMOVE;
}

/* --- the connection --- */

static gboolean
has_moved (BijouLiveLink *self)
{
  g_autofree char *base = bijou_connection_dup_current_url (get_connection (self));

  return base != NULL && self->url != NULL && !bijou_url_is_under (self->url, base);
}

static void
cut_off (BijouLiveLink *self)
{
  self->was_cut_off = TRUE;
  g_clear_handle_id (&self->retry_source, g_source_remove);
  drop_socket (self);
  set_up (self, FALSE);
}

static void
connect_now (BijouLiveLink *self)
{
  g_clear_handle_id (&self->retry_source, g_source_remove);
  drop_socket (self);
  set_up (self, FALSE);
  open_socket (self);
}

/**
 * bijou_live_link_heed:
 * @self: a link
 *
 * The state or the address of the connection may have changed: opens the socket when it can be
 * opened, at once where it is another address or the server was out of reach; gives it up when the
 * server is. Main thread.
 */
void
bijou_live_link_heed (BijouLiveLink *self)
{
  switch (bijou_connection_get_state (get_connection (self)))
    {
    case BIJOU_CONNECTION_CONNECTED:
      if (self->was_cut_off || has_moved (self))
        {
          self->retry_ms = 0;
          self->refusals = 0;
          connect_now (self);
        }
      else if (self->socket == NULL && self->retry_source == 0)
        connect_now (self);
      break;
    case BIJOU_CONNECTION_OFFLINE:
    case BIJOU_CONNECTION_UNAUTHORISED:
      cut_off (self);
      break;
    case BIJOU_CONNECTION_UNKNOWN:
    case BIJOU_CONNECTION_RACING:
    case BIJOU_CONNECTION_SUSPECT:
    default:
      break;
    }
}

/* --- life --- */

/**
 * bijou_live_link_new:
 * @loop: what the socket runs on; outlives the link
 * @backend: a server
 * @inbox: where its events go
 * @pace: the pauses; static
 * @funcs: who is told; static
 * @user_data: for @funcs
 *
 * Returns: (transfer full): a link, at work as soon as the connection is connected
 */
BijouLiveLink *
bijou_live_link_new (BijouWebsocketLoop *loop,
                     BijouBackend *backend,
                     BijouLiveInbox *inbox,
                     const BijouLivePace *pace,
                     const BijouLiveLinkFuncs *funcs,
                     gpointer user_data)
{
  BijouLiveLink *self = g_new0 (BijouLiveLink, 1);

  self->loop = loop;
  self->pace = pace;
  self->funcs = funcs;
  self->user_data = user_data;
  self->shared = g_new0 (Shared, 1);
  g_atomic_ref_count_init (&self->shared->references);
  self->shared->link = self;
  self->shared->backend = g_object_ref (backend);
  self->shared->inbox = bijou_live_inbox_ref (inbox);
  self->shared->cancellable = g_cancellable_new ();
  return self;
}

/**
 * bijou_live_link_free:
 * @self: (transfer full): a link
 *
 * Nobody is told of anything any more. Waits for nothing.
 */
void
bijou_live_link_free (BijouLiveLink *self)
{
  g_clear_handle_id (&self->retry_source, g_source_remove);
  g_cancellable_cancel (self->shared->cancellable);
  self->shared->link = NULL;
  drop_socket (self);
  shared_unref (self->shared);
  g_free (self->url);
  g_free (self);
}

/**
 * bijou_live_link_is_up:
 * @self: a link
 *
 * Returns: whether what happens on the server is heard of at once
 */
gboolean
bijou_live_link_is_up (BijouLiveLink *self)
{
  return self->is_up;
}

/**
 * bijou_live_link_get_backend:
 * @self: a link
 *
 * Returns: (transfer none): its server
 */
BijouBackend *
bijou_live_link_get_backend (BijouLiveLink *self)
{
  return self->shared->backend;
}
