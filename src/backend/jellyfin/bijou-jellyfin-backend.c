#include "config.h"

#include "bijou-jellyfin-discovery.h"
#include "bijou-jellyfin-backend.h"

#include "bijou-jellyfin-events.h"
#include "bijou-jellyfin-parse.h"
#include "bijou-jellyfin-request.h"

static void bijou_jellyfin_backend_iface_init (BijouBackendInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BijouJellyfinBackend,
                               bijou_jellyfin_backend,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BIJOU_TYPE_BACKEND,
                                                      bijou_jellyfin_backend_iface_init))

static void
bijou_jellyfin_backend_finalize (GObject *object)
{
  BijouJellyfinBackend *self = BIJOU_JELLYFIN_BACKEND (object);

  g_clear_object (&self->connection);
  g_free (self->server_id);
  g_free (self->user_id);
  g_free (self->device_id);
  g_free (self->device_name);
  g_free (self->version);
  g_free (self->shared.authorization);
  g_mutex_clear (&self->shared.lock);

  G_OBJECT_CLASS (bijou_jellyfin_backend_parent_class)->finalize (object);
}

static void
bijou_jellyfin_backend_class_init (BijouJellyfinBackendClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bijou_jellyfin_backend_finalize;
}

static void
bijou_jellyfin_backend_init (BijouJellyfinBackend *self)
{
  g_mutex_init (&self->shared.lock);
}

/**
 * bijou_jellyfin_backend_new:
 * @http: the client
 * @client: how this installation names itself
 * @server: the server; its `client_id` is what the token is bound to
 * @token: the token
 *
 * Returns: (transfer full): a backend
 */
BijouBackend *
bijou_jellyfin_backend_new (BijouHttp *http,
                            const BijouClientInfo *client,
                            BijouServer *server,
                            const char *token)
{
  BijouJellyfinBackend *self = g_object_new (BIJOU_TYPE_JELLYFIN_BACKEND, NULL);
  const char *device_id = server->client_id != NULL ? server->client_id : client->client_id;

  self->connection = bijou_connection_new (http, &bijou_jellyfin_get_type_info ()->probe,
                                           server->id, server->addresses);
  bijou_connection_set_trust (self->connection, client->trust);
  self->server_id = g_strdup (server->id);
  self->user_id = bijou_jellyfin_normalise_id (server->user_id);
  self->device_id = g_strdup (device_id);
  self->device_name = g_strdup (client->device_name);
  self->version = g_strdup (client->version);
  self->shared.authorization = bijou_jellyfin_make_authorization (client, device_id, token);
  return BIJOU_BACKEND (self);
}

static void
bijou_jellyfin_backend_set_token (BijouBackend *backend, const char *token)
{
  BijouJellyfinBackend *self = BIJOU_JELLYFIN_BACKEND (backend);
  BijouClientInfo client = { self->device_id, self->device_name, self->version };

  g_mutex_lock (&self->shared.lock);
  g_free (self->shared.authorization);
  self->shared.authorization = bijou_jellyfin_make_authorization (&client, self->device_id, token);
  g_mutex_unlock (&self->shared.lock);
  bijou_connection_set_authorised (self->connection, TRUE);
}

/**
 * bijou_jellyfin_backend_make_request:
 * @self: a backend
 * @method: `GET`, `POST` or `DELETE`
 * @path: a path below the server's base
 * @kind: what it is for
 *
 * Returns: (transfer full): a request with the token that is good now
 */
BijouHttpRequest *
bijou_jellyfin_backend_make_request (BijouJellyfinBackend *self,
                                     const char *method,
                                     const char *path,
                                     BijouHttpKind kind)
{
  BijouHttpRequest *request;

  g_mutex_lock (&self->shared.lock);
  request = bijou_jellyfin_make_request (method, path, kind, self->shared.authorization);
  g_mutex_unlock (&self->shared.lock);
  return request;
}

/**
 * bijou_jellyfin_backend_begin_query:
 * @self: a backend
 * @path: a path
 *
 * Returns: (transfer full): a query for the user; without `userId` the server takes the token's
 */
BijouQuery *
bijou_jellyfin_backend_begin_query (BijouJellyfinBackend *self, const char *path)
{
  BijouQuery *query = bijou_query_new (path);

  bijou_query_add (query, "userId", self->user_id);
  return query;
}

/**
 * bijou_jellyfin_backend_make_path:
 * @self: a backend
 * @before: what comes before the identifier, with its slash
 * @id: an item's identifier; it may come from the outside
 * @after: (nullable): what comes after it
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the path of something about an item, for the user, or %NULL
 *   with %BIJOU_ERROR_NOT_FOUND when @id can be no item's
 */
char *
bijou_jellyfin_backend_make_path (BijouJellyfinBackend *self,
                                  const char *before,
                                  const char *id,
                                  const char *after,
                                  GError **error)
{
  g_autofree char *normal = bijou_jellyfin_normalise_id (id);
  g_autofree char *path = NULL;

  if (normal == NULL)
    {
      g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND, "No item has such an identifier");
      return NULL;
    }
  path = g_strconcat (before, normal, after, NULL);
  return bijou_query_end (bijou_jellyfin_backend_begin_query (self, path));
}

static gboolean
bijou_jellyfin_backend_check_token (BijouBackend *backend,
                                    GCancellable *cancellable,
                                    GError **error)
{
  BijouJellyfinBackend *self = BIJOU_JELLYFIN_BACKEND (backend);
  g_autoptr (BijouHttpRequest) request =
      bijou_jellyfin_backend_make_request (self, "GET", "/Users/Me", BIJOU_HTTP_API);
  g_autoptr (BijouHttpResponse) response =
      bijou_connection_send (self->connection, request, cancellable, error);
  guint status = response != NULL ? bijou_http_response_get_status (response) : 0;

  if (response == NULL)
    return FALSE;

  /* A user who was deleted is not found although the token lives on. */
  if (status == 401 || status == 404)
    {
      bijou_connection_set_authorised (self->connection, FALSE);
      g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_UNAUTHORISED, "The token is not accepted");
      return FALSE;
    }
  if (!bijou_http_response_check (response, error))
    return FALSE;
  bijou_connection_set_authorised (self->connection, TRUE);
  return TRUE;
}

/**
 * bijou_jellyfin_backend_send:
 * @self: a backend
 * @request: a request below the server's base
 * @cancellable: (nullable): to give up
 * @error: return location
 *
 * Sends and checks the status. A 401 may only mean that a library is not for this user, so
 * `/Users/Me` has the last word about the token.
 *
 * Returns: (transfer full) (nullable): a good answer, or %NULL with an error
 */
BijouHttpResponse *
bijou_jellyfin_backend_send (BijouJellyfinBackend *self,
                             BijouHttpRequest *request,
                             GCancellable *cancellable,
                             GError **error)
{
  g_autoptr (BijouHttpResponse) response =
      bijou_connection_send (self->connection, request, cancellable, error);

  if (response == NULL)
    return NULL;
  bijou_server_clock_note (&self->clock, response);
  if (bijou_http_response_get_status (response) == 401)
    {
      if (bijou_jellyfin_backend_check_token (BIJOU_BACKEND (self), cancellable, error))
        g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_FORBIDDEN, "This user may not ask for that");
      return NULL;
    }
  if (!bijou_http_response_check (response, error))
    return NULL;
  return g_steal_pointer (&response);
}

/**
 * bijou_jellyfin_backend_get:
 * @self: a backend
 * @path: what to ask for
 * @kind: what it is for
 * @bytes: (out) (optional): what came over the network
 * @cancellable: (nullable): to give up
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the JSON, or %NULL with an error
 */
JsonNode *
bijou_jellyfin_backend_get (BijouJellyfinBackend *self,
                            const char *path,
                            BijouHttpKind kind,
                            gint64 *bytes,
                            GCancellable *cancellable,
                            GError **error)
{
  g_autoptr (BijouHttpRequest) request =
      bijou_jellyfin_backend_make_request (self, "GET", path, kind);
  g_autoptr (BijouHttpResponse) response =
      bijou_jellyfin_backend_send (self, request, cancellable, error);

  if (response == NULL)
    return NULL;
  if (bytes != NULL)
    *bytes = bijou_http_response_get_bytes_received (response);
  return bijou_jellyfin_read_json (response, error);
}

/**
 * bijou_jellyfin_backend_tell:
 * @self: a backend
 * @method: `POST` or `DELETE`
 * @path: where to
 * @body: (nullable): what it carries
 * @cancellable: (nullable): to give up
 * @error: return location
 *
 * Returns: whether the server took it
 */
gboolean
bijou_jellyfin_backend_tell (BijouJellyfinBackend *self,
                             const char *method,
                             const char *path,
                             JsonBuilder *body,
                             GCancellable *cancellable,
                             GError **error)
{
  g_autoptr (BijouHttpRequest) request =
      bijou_jellyfin_backend_make_request (self, method, path, BIJOU_HTTP_API);
  g_autoptr (BijouHttpResponse) response = NULL;

  if (body != NULL)
    bijou_jellyfin_set_json (request, body);
  response = bijou_jellyfin_backend_send (self, request, cancellable, error);
  return response != NULL;
}

static gboolean
bijou_jellyfin_backend_sign_out (BijouBackend *backend, GCancellable *cancellable, GError **error)
{
  BijouJellyfinBackend *self = BIJOU_JELLYFIN_BACKEND (backend);
  g_autoptr (GError) local = NULL;

  if (bijou_jellyfin_backend_tell (self, "POST", "/Sessions/Logout", NULL, cancellable, &local))
    return TRUE;
  /* It was of no use already. */
  if (g_error_matches (local, BIJOU_ERROR, BIJOU_ERROR_UNAUTHORISED))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* GET /socket: 403 for a token that is no good. */
static BijouHttpRequest *
bijou_jellyfin_backend_make_socket_request (BijouBackend *backend)
{
  return bijou_jellyfin_backend_make_request (BIJOU_JELLYFIN_BACKEND (backend), "GET",
                                              BIJOU_JELLYFIN_SOCKET_PATH, BIJOU_HTTP_API);
}

static GPtrArray *
bijou_jellyfin_backend_parse_event (BijouBackend *backend,
                                    const char *text,
                                    gsize length,
                                    BijouEventReply *reply)
{
  BijouJellyfinBackend *self = BIJOU_JELLYFIN_BACKEND (backend);

  return bijou_jellyfin_parse_event (text, length, self->server_id, self->user_id, reply);
}

static BijouConnection *
bijou_jellyfin_backend_get_connection (BijouBackend *backend)
{
  return BIJOU_JELLYFIN_BACKEND (backend)->connection;
}

static const char *
bijou_jellyfin_backend_get_server_id (BijouBackend *backend)
{
  return BIJOU_JELLYFIN_BACKEND (backend)->server_id;
}

static gint64
bijou_jellyfin_backend_get_server_time (BijouBackend *backend)
{
  return bijou_server_clock_get_time (&BIJOU_JELLYFIN_BACKEND (backend)->clock);
}

static void
bijou_jellyfin_backend_iface_init (BijouBackendInterface *iface)
{
  iface->list_libraries = bijou_jellyfin_backend_list_libraries;
  iface->mark_hidden = bijou_jellyfin_backend_mark_hidden;
  iface->fetch_page = bijou_jellyfin_backend_fetch_page;
  iface->fetch_members = bijou_jellyfin_backend_fetch_members;
  iface->fetch_slim_page = bijou_jellyfin_backend_fetch_slim_page;
  iface->fetch_delta = bijou_jellyfin_backend_fetch_delta;
  iface->get_server_time = bijou_jellyfin_backend_get_server_time;
  iface->mixes_kinds = TRUE;
  iface->fetch_home = bijou_jellyfin_backend_fetch_home;
  iface->fetch_detail = bijou_jellyfin_backend_fetch_detail;
  iface->fetch_person = bijou_jellyfin_backend_fetch_person;
  iface->fetch_details = bijou_jellyfin_backend_fetch_details;
  iface->fetch_items = bijou_jellyfin_backend_fetch_items;
  iface->make_socket_request = bijou_jellyfin_backend_make_socket_request;
  iface->parse_event = bijou_jellyfin_backend_parse_event;
  iface->announces_marks = TRUE;
  iface->fetch_image = bijou_jellyfin_backend_fetch_image;
  iface->make_part_request = bijou_jellyfin_backend_make_part_request;
  iface->make_subtitle_request = bijou_jellyfin_backend_make_subtitle_request;
  iface->report = bijou_jellyfin_backend_report;
  iface->set_watched = bijou_jellyfin_backend_set_watched;
  iface->keeps_favourites = TRUE;
  iface->set_favourite = bijou_jellyfin_backend_set_favourite;
  iface->set_rating = bijou_jellyfin_backend_set_rating;
  iface->set_position = bijou_jellyfin_backend_set_position;
  iface->sign_out = bijou_jellyfin_backend_sign_out;
  iface->check_token = bijou_jellyfin_backend_check_token;
  iface->list_own_urls = bijou_jellyfin_backend_list_own_urls;
  iface->set_token = bijou_jellyfin_backend_set_token;
  iface->get_connection = bijou_jellyfin_backend_get_connection;
  iface->get_server_id = bijou_jellyfin_backend_get_server_id;
}
