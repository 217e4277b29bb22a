#include "config.h"

#include "bijou-plex-backend-private.h"

#include "bijou-plex-events.h"

/* Playbacks whose decision is remembered; more than run at once with what is fetched ahead. */
#define MAX_SESSIONS 16

static void bijou_plex_backend_iface_init (BijouBackendInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BijouPlexBackend,
                               bijou_plex_backend,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BIJOU_TYPE_BACKEND,
                                                      bijou_plex_backend_iface_init))

/* GET /: unlike /identity it wants the token. */
static gboolean
bijou_plex_backend_check_token (BijouBackend *backend, GCancellable *cancellable, GError **error)
{
  BijouPlexBackend *self = BIJOU_PLEX_BACKEND (backend);
  g_autoptr (BijouHttpResponse) response =
      bijou_plex_backend_get (self, "/", BIJOU_HTTP_API, cancellable, error);
  BijouIdentity identity = { NULL };
  gboolean same;

  if (response == NULL || !bijou_plex_parse_identity (response, &identity, error))
    return FALSE;

  same = g_strcmp0 (identity.server_id, self->server->id) == 0;
  bijou_identity_clear (&identity);
  if (!same)
    {
      g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_WRONG_SERVER, "Another server answers");
      return FALSE;
    }
  bijou_connection_set_authorised (self->connection, TRUE);
  return TRUE;
}

/* The token goes into a header, as everywhere. */
static BijouHttpRequest *
bijou_plex_backend_make_socket_request (BijouBackend *backend)
{
  return bijou_plex_backend_make_request (BIJOU_PLEX_BACKEND (backend), "GET",
                                          BIJOU_PLEX_SOCKET_PATH, BIJOU_HTTP_API);
}

static GPtrArray *
bijou_plex_backend_parse_event (BijouBackend *backend,
                                const char *text,
                                gsize length,
                                BijouEventReply *reply)
{
  return bijou_plex_parse_event (text, length);
}

static BijouConnection *
bijou_plex_backend_get_connection (BijouBackend *backend)
{
  return BIJOU_PLEX_BACKEND (backend)->connection;
}

static const char *
bijou_plex_backend_get_server_id (BijouBackend *backend)
{
  return BIJOU_PLEX_BACKEND (backend)->server->id;
}

static gint64
bijou_plex_backend_get_server_time (BijouBackend *backend)
{
  return bijou_server_clock_get_time (&BIJOU_PLEX_BACKEND (backend)->clock);
}

static void
bijou_plex_backend_iface_init (BijouBackendInterface *iface)
{
  /* No favourites; and no sign-out, for the token is the account's: see
   * bijou_plex_sign_out_account(). */
  iface->list_libraries = bijou_plex_list_libraries;
  iface->fetch_page = bijou_plex_fetch_page;
  iface->fetch_members = bijou_plex_fetch_members;
  iface->fetch_slim_page = bijou_plex_fetch_slim_page;
  iface->fetch_delta = bijou_plex_fetch_delta;
  iface->get_server_time = bijou_plex_backend_get_server_time;
  iface->fetch_home = bijou_plex_fetch_home;
  iface->mixes_rows = TRUE;
  iface->fetch_detail = bijou_plex_fetch_detail;
  iface->fetch_person = bijou_plex_fetch_person;
  iface->fetch_details = bijou_plex_fetch_details;
  iface->fetch_items = bijou_plex_fetch_items;
  iface->make_socket_request = bijou_plex_backend_make_socket_request;
  iface->parse_event = bijou_plex_backend_parse_event;
  iface->fetch_image = bijou_plex_fetch_image;
  iface->make_part_request = bijou_plex_make_part_request;
  iface->make_subtitle_request = bijou_plex_make_subtitle_request;
  iface->report = bijou_plex_report;
  iface->set_watched = bijou_plex_set_watched;
  iface->keeps_ratings = TRUE;
  iface->set_rating = bijou_plex_set_rating;
  iface->set_position = bijou_plex_set_position;
  iface->check_token = bijou_plex_backend_check_token;
  iface->set_token = bijou_plex_backend_set_token;
  iface->set_token_func = bijou_plex_backend_set_token_func;
  iface->get_connection = bijou_plex_backend_get_connection;
  iface->get_server_id = bijou_plex_backend_get_server_id;
}

static void
bijou_plex_backend_dispose (GObject *object)
{
  BijouPlexBackend *self = BIJOU_PLEX_BACKEND (object);

  g_clear_object (&self->connection);
  g_clear_object (&self->server);

  G_OBJECT_CLASS (bijou_plex_backend_parent_class)->dispose (object);
}

static void
bijou_plex_backend_finalize (GObject *object)
{
  BijouPlexBackend *self = BIJOU_PLEX_BACKEND (object);

  bijou_plex_token_clear (&self->token);
  g_free (self->client_id);
  g_free (self->device_name);
  g_free (self->version);
  bijou_lru_free (self->decided.sessions);
  g_mutex_clear (&self->decided.lock);

  G_OBJECT_CLASS (bijou_plex_backend_parent_class)->finalize (object);
}

static void
bijou_plex_backend_class_init (BijouPlexBackendClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = bijou_plex_backend_dispose;
  object_class->finalize = bijou_plex_backend_finalize;
}

static void
bijou_plex_backend_init (BijouPlexBackend *self)
{
  g_mutex_init (&self->decided.lock);
  self->decided.sessions = bijou_lru_new (MAX_SESSIONS, NULL);
}

/**
 * bijou_plex_backend_new:
 * @http: the client
 * @client: how this installation names itself
 * @server: the server with its addresses
 * @token: the token that the account has for this server
 *
 * Does no I/O. Any thread.
 *
 * Returns: (transfer full): the backend
 */
BijouBackend *
bijou_plex_backend_new (BijouHttp *http,
                        const BijouClientInfo *client,
                        BijouServer *server,
                        const char *token)
{
  BijouPlexBackend *self;

  g_return_val_if_fail (BIJOU_IS_HTTP (http), NULL);
  g_return_val_if_fail (client != NULL && client->client_id != NULL, NULL);
  g_return_val_if_fail (BIJOU_IS_SERVER (server), NULL);

  self = g_object_new (BIJOU_TYPE_PLEX_BACKEND, NULL);
  self->server = g_object_ref (server);
  bijou_plex_token_init (&self->token, token);
  self->client_id = g_strdup (client->client_id);
  self->device_name = g_strdup (client->device_name);
  self->version = g_strdup (client->version);
  self->client.client_id = self->client_id;
  self->client.device_name = self->device_name;
  self->client.version = self->version;
  self->connection = bijou_connection_new (http, &bijou_plex_get_type_info ()->probe, server->id,
                                           server->addresses);
  bijou_connection_set_trust (self->connection, client->trust);
  return BIJOU_BACKEND (self);
}

/**
 * bijou_plex_backend_make_request:
 * @self: a backend
 * @method: "GET", "POST", …
 * @path: path and query
 * @kind: which deadlines it has
 *
 * Returns: (transfer full): a request with all headers, to be given to the connection
 */
BijouHttpRequest *
bijou_plex_backend_make_request (BijouPlexBackend *self,
                                 const char *method,
                                 const char *path,
                                 BijouHttpKind kind)
{
  g_autofree char *token = bijou_plex_backend_dup_token (self);

  return bijou_plex_request_new (&self->client, method, path, kind, BIJOU_PLEX_PLATFORM_LINUX,
                                 token);
}

/**
 * bijou_plex_backend_make_playback_request:
 * @self: a backend
 * @method: "GET", "POST", …
 * @path: path and query
 * @kind: which deadlines it has
 * @session_id: (nullable): the playback
 *
 * Decision, bytes and reports of one playback belong together by this header.
 *
 * Returns: (transfer full): a request with all headers, to be given to the connection
 */
BijouHttpRequest *
bijou_plex_backend_make_playback_request (BijouPlexBackend *self,
                                          const char *method,
                                          const char *path,
                                          BijouHttpKind kind,
                                          const char *session_id)
{
  g_autofree char *token = bijou_plex_backend_dup_token (self);
  BijouHttpRequest *request = bijou_plex_request_new (&self->client, method, path, kind,
                                                      BIJOU_PLEX_PLATFORM_GENERIC, token);

  bijou_http_request_set_header (request, "X-Plex-Client-Profile-Name", "Generic");
  if (session_id != NULL)
    bijou_http_request_set_header (request, "X-Plex-Session-Identifier", session_id);
  return request;
}

/**
 * bijou_plex_backend_get:
 * @self: a backend
 * @path: path and query
 * @kind: which deadlines it has
 * @cancellable: (nullable): a cancellable
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the answer, whatever its status
 */
BijouHttpResponse *
bijou_plex_backend_get (BijouPlexBackend *self,
                        const char *path,
                        BijouHttpKind kind,
                        GCancellable *cancellable,
                        GError **error)
{
  g_autoptr (BijouHttpRequest) request = bijou_plex_backend_make_request (self, "GET", path, kind);

  return bijou_plex_backend_send (self, request, cancellable, error);
}

/* A question that may stay without an answer. */
typedef struct
{
  GCancellable *cancellable;   /* (owned) */
  BijouHttpResponse *response; /* (owned) (nullable) */
  GError *error;               /* (owned) (nullable) */
  gboolean done;
  gboolean impatient;
} Attempt;

static void
on_attempt_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Attempt *attempt = user_data;

  attempt->response = bijou_http_send_finish (BIJOU_HTTP (source), result, &attempt->error);
  attempt->done = TRUE;
}

static gboolean
on_patience_cb (gpointer user_data)
{
  Attempt *attempt = user_data;

  attempt->impatient = TRUE;
  g_cancellable_cancel (attempt->cancellable);
  return G_SOURCE_REMOVE;
}

static void
on_caller_cancelled_cb (GCancellable *caller, GCancellable *own)
{
  g_cancellable_cancel (own);
}

/* The calling thread waits in a context that nobody else uses. */
static void
run_attempt (Attempt *attempt, BijouHttp *http, BijouHttpRequest *request, guint patience_ms)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GSource) patience = g_timeout_source_new (patience_ms);

  g_main_context_push_thread_default (context);
  g_source_set_callback (patience, on_patience_cb, attempt, NULL);
  g_source_attach (patience, context);
  bijou_http_send_async (http, request, attempt->cancellable, on_attempt_cb, attempt);
  while (!attempt->done)
    g_main_context_iteration (context, TRUE);
  g_source_destroy (patience);
  g_main_context_pop_thread_default (context);
}

/**
 * bijou_plex_backend_try:
 * @self: a backend
 * @request: a request whose answer is nice to have
 * @patience_ms: how long it is waited for
 * @cancellable: (nullable): a cancellable
 * @error: return location
 *
 * Like bijou_connection_send(), but a failure says nothing about the address in use.
 *
 * Returns: (transfer full) (nullable): the answer, whatever its status
 */
BijouHttpResponse *
bijou_plex_backend_try (BijouPlexBackend *self,
                        BijouHttpRequest *request,
                        guint patience_ms,
                        GCancellable *cancellable,
                        GError **error)
{
  g_autoptr (BijouHttpRequest) resolved =
      bijou_connection_resolve (self->connection, request, cancellable, error);
  g_autoptr (GCancellable) own = g_cancellable_new ();
  Attempt attempt = { .cancellable = own };
  gulong handler = 0;

  if (resolved == NULL)
    return NULL;
  if (cancellable != NULL)
    handler = g_cancellable_connect (cancellable, G_CALLBACK (on_caller_cancelled_cb),
                                     g_object_ref (own), g_object_unref);
  run_attempt (&attempt, bijou_connection_get_http (self->connection), resolved, patience_ms);
  g_cancellable_disconnect (cancellable, handler);

  if (attempt.response == NULL && attempt.impatient)
    {
      g_clear_error (&attempt.error);
      g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_TIMEOUT, "No answer in %u ms", patience_ms);
    }
  else if (attempt.response == NULL)
    g_propagate_error (error, attempt.error);
  return attempt.response;
}
