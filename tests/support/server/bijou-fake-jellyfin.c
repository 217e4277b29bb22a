#include "config.h"

#include "bijou-fake-jellyfin.h"

#include <stdio.h>
#include <string.h>

static const char *const user_names[BIJOU_FAKE_USERS] = { "demo", "guest", "kid" };

const char *
jellyfin_user_name (guint user)
{
  return user_names[user];
}

/* ---- ids and dates ---- */

char *
jellyfin_normalize_id (const char *text)
{
  GString *hex = g_string_sized_new (33);

  for (const char *p = text; *p != '\0'; p++)
    if (g_ascii_isxdigit (*p))
      g_string_append_c (hex, g_ascii_tolower (*p));
    else if (*p != '-')
      break;
    else
      continue;
  if (hex->len != 32 || (strlen (text) != 32 && strlen (text) != 36))
    return g_string_free (hex, TRUE);
  return g_string_free (hex, FALSE);
}

char *
jellyfin_dash (const char *hex)
{
  return g_strdup_printf ("%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
}

void
jellyfin_format (BijouFakeJellyfin *self, JellyfinSpace space, guint index, char *hex)
{
  bijou_fake_library_format_id (self->library, space, index, hex);
}

BijouFakeItem *
jellyfin_find_item (BijouFakeJellyfin *self, const char *id)
{
  g_autofree char *hex = jellyfin_normalize_id (id);

  return hex != NULL ? bijou_fake_library_find_id (self->library, hex) : NULL;
}

BijouFakeSection *
jellyfin_find_view (BijouFakeJellyfin *self, const char *id)
{
  g_autofree char *hex = jellyfin_normalize_id (id);
  GPtrArray *sections = bijou_fake_library_get_sections (self->library);

  for (guint i = 0; hex != NULL && i < sections->len; i++)
    {
      BijouFakeSection *section = g_ptr_array_index (sections, i);
      char view[33];

      jellyfin_format (self, JELLYFIN_SPACE_VIEW, section->id, view);
      if (g_str_equal (view, hex))
        return section;
    }
  return NULL;
}

void
jellyfin_put_id (BijouFakeJellyfin *self, FakeWriter *w, const char *name, BijouFakeItem *item)
{
  char hex[33];

  jellyfin_format (self, JELLYFIN_SPACE_ITEM, item->index, hex);
  fake_str (w, name, hex);
}

void
jellyfin_put_date (FakeWriter *w, const char *name, gint64 seconds)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (seconds);
  g_autofree char *text = g_date_time_format (time, "%Y-%m-%dT%H:%M:%S.0000000Z");

  fake_str (w, name, text);
}

/* ---- answers ---- */

FakeWriter *
jellyfin_begin (BijouFakeJellyfin *self, BijouFakeExchange *x)
{
  FakeWriterFlags flags = FAKE_WRITER_ASCII;

  if (fake_fault (x, BIJOU_FAKE_FAULT_DRIFT))
    flags |= FAKE_WRITER_DRIFT;
  /* Bytes can only be spoilt where there are any. */
  if (fake_fault (x, BIJOU_FAKE_FAULT_LATIN1))
    flags &= ~FAKE_WRITER_ASCII;
  return fake_writer_new (flags);
}

void
jellyfin_end (BijouFakeExchange *x, FakeWriter *w)
{
  fake_reply_writer (x, 200, "application/json; charset=utf-8", w);
  fake_writer_free (w);
}

void
jellyfin_reply_problem (BijouFakeExchange *x, guint status, const char *name, const char *value)
{
  FakeWriter *w = fake_writer_new (FAKE_WRITER_ASCII);

  fake_object (w, NULL, NULL);
  fake_strf (w, "type", "https://tools.ietf.org/html/rfc9110#section-15.5.%u",
             status == 404 ? 5 : 1);
  fake_str (w, "title",
            status == 404  ? "Not Found"
            : name != NULL ? "One or more validation errors occurred."
                           : "Bad Request");
  fake_int (w, "status", status);
  if (name != NULL)
    {
      fake_object (w, "errors", NULL);
      fake_array (w, name);
      fake_strf (w, NULL, "The value '%s' is not valid.", value);
      fake_end (w);
      fake_end (w);
    }
  fake_str (w, "traceId", "00-00000000000000000000000000000000-0000000000000000-00");
  fake_end (w);
  fake_reply_writer (x, status, "application/json; charset=utf-8", w);
  fake_writer_free (w);
}

void
jellyfin_reply_error_text (BijouFakeExchange *x, guint status)
{
  x->chunked = TRUE;
  fake_reply (x, status, "text/plain", "Error processing request.");
}

void
jellyfin_reply_string (BijouFakeExchange *x, guint status, const char *text)
{
  GString *json = g_string_new (NULL);
  g_autoptr (GBytes) bytes = NULL;

  fake_append_json_string (json, text, TRUE);
  bytes = g_string_free_to_bytes (json);
  fake_reply_bytes (x, status, "application/json; charset=utf-8", bytes);
}

static void
fail (gpointer data, BijouFakeExchange *x, guint status)
{
  if (status == 401 || status == 403 || status == 405)
    fake_reply_empty (x, status);
  else if (status == 404 || status == 400)
    jellyfin_reply_problem (x, status, NULL, NULL);
  else if (status == 503)
    fake_reply (x, 503, "text/html",
                "<!DOCTYPE html><html><body>Jellyfin is loading</body></html>");
  else
    jellyfin_reply_error_text (x, status);
}

static void
starting (gpointer data, BijouFakeExchange *x, const char *how)
{
  BijouFakeJellyfin *self = data;
  g_autofree char *path = g_ascii_strdown (x->path, -1);

  if (g_str_has_suffix (path, "/system/ping"))
    jellyfin_reply_string (x, 200, "Jellyfin Server");
  else if (g_strcmp0 (how, "camel") == 0 && g_str_has_suffix (path, "/system/info/public"))
    {
      FakeWriter *w = fake_writer_new (FAKE_WRITER_ASCII);

      fake_object (w, NULL, NULL);
      fake_str (w, "localAddress", bijou_fake_server_get_url (self->server));
      fake_str (w, "serverName", bijou_fake_server_get_name (self->server));
      fake_str (w, "version", self->version);
      fake_str (w, "productName", "Jellyfin Server");
      fake_str (w, "operatingSystem", "");
      fake_str (w, "id", self->id);
      fake_bool (w, "startupWizardCompleted", FALSE);
      fake_end (w);
      jellyfin_end (x, w);
    }
  else
    {
      fake_set_header (x, "Retry-After", "005");
      fail (self, x, 503);
    }
}

/* ---- tokens ---- */

static const char *
find_token (BijouFakeJellyfin *self, BijouFakeExchange *x, GArray *parts)
{
  gboolean legacy = self->major < 12;
  const char *token = jellyfin_get_part (parts, "Token");

  if (token == NULL && legacy)
    token = fake_header (x, "X-Emby-Token");
  if (token == NULL && legacy)
    token = fake_header (x, "X-MediaBrowser-Token");
  if (token == NULL)
    token = fake_param (x, "ApiKey");
  /* Names are compared without case, but the old word has an underscore. */
  if (token == NULL && legacy)
    token = fake_param (x, "api_key");
  return token;
}

static void
check (gpointer data, BijouFakeExchange *x)
{
  BijouFakeJellyfin *self = data;
  g_autoptr (GArray) parts = NULL;
  const char *token;

  x->ignore_case = TRUE;
  x->chunked = TRUE;
  parts = jellyfin_parse_authorization (self, x);
  token = find_token (self, x, parts);
  x->session = token != NULL ? g_hash_table_lookup (self->sessions, token) : NULL;
  x->entry->token = token == NULL        ? BIJOU_FAKE_TOKEN_NONE
                    : x->session != NULL ? BIJOU_FAKE_TOKEN_GOOD
                                         : BIJOU_FAKE_TOKEN_BAD;
  if (x->session != NULL)
    x->user = ((JellyfinSession *) x->session)->user;
}

gboolean
jellyfin_check_user (BijouFakeJellyfin *self, BijouFakeExchange *x)
{
  const char *text = fake_param (x, "userId");
  g_autofree char *hex = text != NULL ? jellyfin_normalize_id (text) : NULL;

  if (text == NULL || *text == '\0')
    return TRUE;
  if (hex == NULL)
    {
      jellyfin_reply_problem (x, 400, "userId", text);
      return FALSE;
    }
  for (guint i = 0; i < BIJOU_FAKE_USERS; i++)
    {
      char id[33];

      jellyfin_format (self, JELLYFIN_SPACE_USER, i, id);
      if (!g_str_equal (id, hex))
        continue;
      if (i != x->user && x->user != 0)
        {
          fake_fail (x, 403);
          return FALSE;
        }
      x->user = i;
      return TRUE;
    }
  fake_fail (x, 404);
  return FALSE;
}

/* ---- system ---- */

static void
reply_info (BijouFakeJellyfin *self, BijouFakeExchange *x)
{
  FakeWriter *w = jellyfin_begin (self, x);

  fake_object (w, NULL, NULL);
  fake_str (w, "LocalAddress", bijou_fake_server_get_url (self->server));
  fake_str (w, "ServerName", bijou_fake_server_get_name (self->server));
  fake_str (w, "Version", self->version);
  fake_str (w, "ProductName", "Jellyfin Server");
  fake_str (w, "OperatingSystem", "");
  fake_str (w, "Id",
            fake_fault (x, BIJOU_FAKE_FAULT_WRONG_MACHINE) ? "ffffffffffffffffffffffffffffffff"
                                                           : self->id);
  fake_bool (w, "StartupWizardCompleted", TRUE);
  fake_end (w);
  jellyfin_end (x, w);
}

/* TRUE: answered, these need no token. */
static gboolean
handle_open (BijouFakeJellyfin *self, BijouFakeExchange *x, const char *path)
{
  if (g_str_equal (path, "/system/info/public"))
    reply_info (self, x);
  else if (g_str_equal (path, "/system/ping"))
    jellyfin_reply_string (x, 200, "Jellyfin Server");
  else if (g_str_equal (path, "/health"))
    fake_reply (x, 200, "text/plain", "Healthy");
  else if (g_str_equal (path, "/branding/configuration"))
    fake_reply (x, 200, "application/json; charset=utf-8", "{\"SplashscreenEnabled\":false}");
  else
    return FALSE;
  return TRUE;
}

static void
route (BijouFakeJellyfin *self, BijouFakeExchange *x, const char *path)
{
  if (handle_open (self, x, path) || jellyfin_handle_media (self, x, path) ||
      jellyfin_handle_users (self, x, path))
    return;
  if (g_str_equal (path, "/socket"))
    {
      if (x->entry->token != BIJOU_FAKE_TOKEN_GOOD)
        {
          fake_fail (x, 403);
          return;
        }
      x->upgrade = TRUE;
      x->entry->status = 101;
      return;
    }
  if (x->entry->token != BIJOU_FAKE_TOKEN_GOOD)
    {
      fake_fail (x, 401);
      return;
    }
  if (!jellyfin_check_user (self, x))
    return;
  if (jellyfin_handle_playback (self, x, path) || jellyfin_handle_items (self, x, path))
    return;
  fake_reply_empty (x, 404);
}

static void
handle (gpointer data, BijouFakeExchange *x)
{
  BijouFakeJellyfin *self = data;
  const char *base = fake_server_get_options (self->server)->base_path;
  g_autofree char *path = g_ascii_strdown (x->path, -1);
  g_autofree char *web = NULL;
  gsize skip = 0;

  fake_set_header (x, "X-Response-Time-ms", "0.42");
  fake_set_header (x, "Vary", "Accept-Encoding");
  if (base != NULL && *base != '\0')
    {
      if (g_ascii_strncasecmp (path, base, strlen (base)) != 0)
        {
          web = g_strconcat (base, "/web/", NULL);
          fake_set_header (x, "Location", web);
          fake_reply_empty (x, 302);
          return;
        }
      skip = strlen (base);
    }
  if (strlen (path + skip) > 1 && g_str_has_suffix (path, "/"))
    path[strlen (path) - 1] = '\0';
  /* 10.x still has the prefixes of old; 12 has not. */
  if (self->major < 12 && g_str_has_prefix (path + skip, "/emby/"))
    skip += strlen ("/emby");
  route (self, x, path + skip);
}

/* ---- the protocol ---- */

static gpointer
create (BijouFakeServer *server, const BijouFakeOptions *options)
{
  BijouFakeJellyfin *self = g_new0 (BijouFakeJellyfin, 1);
  JellyfinSession *session;

  self->server = server;
  self->id = g_strdup (options->id != NULL ? options->id : "b1700000000000000000000000000002");
  self->version =
      g_strdup (options->jellyfin_version != NULL ? options->jellyfin_version : "10.11.11");
  sscanf (self->version, "%d.%d", &self->major, &self->minor);
  self->library = bijou_fake_library_new (options, g_str_hash (self->id));
  fake_server_set_library (server, self->library);
  fake_server_set_id (server, self->id);
  fake_server_set_credentials (server, "demo", "demo");
  self->sessions = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, jellyfin_session_free);
  self->quick = g_ptr_array_new_with_free_func (jellyfin_quick_free);
  self->sorted =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  self->added = g_ptr_array_new_with_free_func (g_free);
  self->updated = g_ptr_array_new_with_free_func (g_free);
  self->removed = g_ptr_array_new_with_free_func (g_free);
  self->library_delay_ms = 1000;
  /* The demo's films are short, and are to be resumed all the same. */
  self->min_resume_s = options->catalogue != NULL ? 0 : 300;
  for (guint i = 0; i < BIJOU_FAKE_USERS; i++)
    {
      self->changed_data[i] = g_hash_table_new (NULL, NULL);
      session = jellyfin_add_session (self, i, "test-key");
      fake_server_set_token (server, i, session->token);
    }
  return self;
}

static void
destroy (gpointer data)
{
  BijouFakeJellyfin *self = data;

  if (self->data_timer != 0)
    fake_server_remove_source (self->server, self->data_timer);
  if (self->library_timer != 0)
    fake_server_remove_source (self->server, self->library_timer);
  for (guint i = 0; i < BIJOU_FAKE_USERS; i++)
    g_hash_table_unref (self->changed_data[i]);
  g_hash_table_unref (self->sessions);
  g_hash_table_unref (self->sorted);
  g_ptr_array_unref (self->quick);
  g_ptr_array_unref (self->added);
  g_ptr_array_unref (self->updated);
  g_ptr_array_unref (self->removed);
  g_free (self->id);
  g_free (self->version);
  g_free (self);
}

static BijouFakeItem *
find_item (gpointer data, const char *id)
{
  return jellyfin_find_item (data, id);
}

static void
changed (gpointer data, BijouFakeItem *item, FakeChange change, guint user)
{
  if (change == FAKE_CHANGE_USER_DATA)
    jellyfin_note_user_data (data, item, user);
  else
    jellyfin_note_library (data, item, change);
}

static gboolean
order (gpointer data, JsonObject *object, FakeWriter *reply)
{
  BijouFakeJellyfin *self = data;

  if (json_object_has_member (object, "revoke_tokens"))
    g_hash_table_remove_all (self->sessions);
  else if (json_object_has_member (object, "approve"))
    fake_bool (reply, "approved",
               jellyfin_approve (self, json_object_get_string_member (object, "approve")));
  else if (json_object_has_member (object, "library_delay_ms"))
    self->library_delay_ms = json_object_get_int_member (object, "library_delay_ms");
  else if (json_object_has_member (object, "min_resume_s"))
    self->min_resume_s = json_object_get_int_member (object, "min_resume_s");
  else if (json_object_has_member (object, "show_users"))
    self->show_users = json_object_get_boolean_member (object, "show_users");
  else if (json_object_has_member (object, "no_quick"))
    self->no_quick = json_object_get_boolean_member (object, "no_quick");
  else
    return FALSE;
  return TRUE;
}

const BijouFakeProtocol bijou_fake_jellyfin_protocol = {
  .name = "jellyfin",
  .header = "Kestrel",
  .sockets = { "/socket" },
  .create = create,
  .free = destroy,
  .check = check,
  .handle = handle,
  .fail = fail,
  .starting = starting,
  .socket_open = jellyfin_socket_open,
  .socket_message = jellyfin_socket_message,
  .find_item = find_item,
  .changed = changed,
  .order = order,
};
