#include "config.h"

#include "bijou-fake-jellyfin.h"

#include <string.h>

typedef struct
{
  char *secret;    /* (owned) */
  char *code;      /* (owned) */
  char *device_id; /* (owned) */
  char *device;    /* (owned) */
  char *client;    /* (owned) */
  char *version;   /* (owned) */
  char *token;     /* (owned) (nullable) given for it */
  gint64 created;
  gboolean approved;
  gboolean expired;
} JellyfinQuick;

void
jellyfin_session_free (gpointer data)
{
  JellyfinSession *session = data;

  g_free (session->token);
  g_free (session->device_id);
  g_free (session->device);
  g_free (session->client);
  g_free (session->version);
  g_free (session);
}

void
jellyfin_quick_free (gpointer data)
{
  JellyfinQuick *quick = data;

  g_free (quick->secret);
  g_free (quick->code);
  g_free (quick->device_id);
  g_free (quick->device);
  g_free (quick->client);
  g_free (quick->version);
  g_free (quick->token);
  g_free (quick);
}

/* ---- the Authorization header ---- */

static void
clear_part (gpointer data)
{
  JellyfinPart *part = data;

  g_free (part->name);
  g_free (part->value);
}

/* Values are form-encoded: "+" is a space. */
static char *
decode_value (const char *text, gsize length)
{
  g_autofree char *copy = g_strndup (text, length);
  char *decoded;

  g_strdelimit (copy, "+", ' ');
  decoded = g_uri_unescape_string (copy, NULL);
  return decoded != NULL ? decoded : g_steal_pointer (&copy);
}

static const char *
skip_scheme (BijouFakeJellyfin *self, const char *header)
{
  if (g_ascii_strncasecmp (header, "MediaBrowser ", 13) == 0)
    return header + 13;
  if (self->major < 12 && g_ascii_strncasecmp (header, "Emby ", 5) == 0)
    return header + 5;
  return NULL;
}

GArray *
jellyfin_parse_authorization (BijouFakeJellyfin *self, BijouFakeExchange *x)
{
  GArray *parts = g_array_new (FALSE, FALSE, sizeof (JellyfinPart));
  const char *header = fake_header (x, "Authorization");
  const char *p;

  g_array_set_clear_func (parts, clear_part);
  if (header == NULL && self->major < 12)
    header = fake_header (x, "X-Emby-Authorization");
  p = header != NULL ? skip_scheme (self, header) : NULL;
  while (p != NULL && *p != '\0')
    {
      JellyfinPart part;
      gsize length;

      p += strspn (p, ", ");
      length = strcspn (p, "=,");
      if (p[length] != '=')
        break;
      part.name = g_strndup (p, length);
      p += length + 1;
      if (*p == '"')
        {
          length = strcspn (++p, "\"");
          part.value = decode_value (p, length);
          p += length + (p[length] == '"');
        }
      else
        {
          length = strcspn (p, ",");
          part.value = decode_value (p, length);
          p += length;
        }
      g_array_append_val (parts, part);
    }
  return parts;
}

const char *
jellyfin_get_part (GArray *parts, const char *name)
{
  for (guint i = 0; i < parts->len; i++)
    {
      JellyfinPart *part = &g_array_index (parts, JellyfinPart, i);

      if (strcmp (part->name, name) == 0 && *part->value != '\0')
        return part->value;
    }
  return NULL;
}

/* ---- users ---- */

static void
write_policy (FakeWriter *w, guint user)
{
  fake_object (w, "Policy", NULL);
  fake_bool (w, "IsAdministrator", user == 0);
  fake_bool (w, "IsHidden", TRUE);
  fake_bool (w, "IsDisabled", FALSE);
  fake_bool (w, "EnableUserPreferenceAccess", TRUE);
  fake_bool (w, "EnableRemoteAccess", TRUE);
  fake_bool (w, "EnableMediaPlayback", TRUE);
  fake_bool (w, "EnableAudioPlaybackTranscoding", TRUE);
  fake_bool (w, "EnableVideoPlaybackTranscoding", TRUE);
  fake_bool (w, "EnablePlaybackRemuxing", TRUE);
  fake_bool (w, "EnableContentDeletion", user == 0);
  fake_bool (w, "EnableContentDownloading", user != 2);
  fake_bool (w, "EnableAllFolders", TRUE);
  fake_array (w, "EnabledFolders");
  fake_end (w);
  fake_int (w, "RemoteClientBitrateLimit", 0);
  fake_str (w, "SyncPlayAccess", "CreateAndJoinGroups");
  fake_end (w);
}

static void
write_configuration (FakeWriter *w)
{
  static const char *const lists[] = { "GroupedFolders", "OrderedViews", "LatestItemsExcludes",
                                       "MyMediaExcludes" };

  fake_object (w, "Configuration", NULL);
  fake_bool (w, "PlayDefaultAudioTrack", TRUE);
  fake_str (w, "SubtitleLanguagePreference", "");
  fake_bool (w, "DisplayMissingEpisodes", FALSE);
  fake_str (w, "SubtitleMode", "Default");
  fake_bool (w, "DisplayCollectionsView", FALSE);
  fake_bool (w, "EnableLocalPassword", FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      fake_array (w, lists[i]);
      fake_end (w);
    }
  fake_bool (w, "HidePlayedInLatest", TRUE);
  fake_bool (w, "RememberAudioSelections", TRUE);
  fake_bool (w, "RememberSubtitleSelections", TRUE);
  fake_bool (w, "EnableNextEpisodeAutoPlay", TRUE);
  fake_end (w);
}

static void
write_user (BijouFakeJellyfin *self, FakeWriter *w, const char *name, guint user)
{
  char id[33];

  jellyfin_format (self, JELLYFIN_SPACE_USER, user, id);
  fake_object (w, name, NULL);
  fake_str (w, "Name", jellyfin_user_name (user));
  fake_str (w, "ServerId", self->id);
  fake_str (w, "Id", id);
  fake_bool (w, "HasPassword", user != 1);
  fake_bool (w, "HasConfiguredPassword", user != 1);
  fake_bool (w, "HasConfiguredEasyPassword", FALSE);
  fake_bool (w, "EnableAutoLogin", FALSE);
  jellyfin_put_date (w, "LastLoginDate", 1760000000);
  jellyfin_put_date (w, "LastActivityDate", 1760000000);
  write_configuration (w);
  write_policy (w, user);
  fake_end (w);
}

static void
reply_me (BijouFakeJellyfin *self, BijouFakeExchange *x, guint user)
{
  FakeWriter *w = jellyfin_begin (self, x);

  write_user (self, w, NULL, user);
  jellyfin_end (x, w);
}

static void
reply_public_users (BijouFakeJellyfin *self, BijouFakeExchange *x)
{
  FakeWriter *w = jellyfin_begin (self, x);

  fake_array (w, NULL);
  for (guint i = 0; self->show_users && i < BIJOU_FAKE_USERS; i++)
    write_user (self, w, NULL, i);
  fake_end (w);
  jellyfin_end (x, w);
}

/* ---- logging in ---- */

JellyfinSession *
jellyfin_add_session (BijouFakeJellyfin *self, guint user, const char *device_id)
{
  JellyfinSession *session = g_new0 (JellyfinSession, 1);
  guint64 r = bijou_fake_mix (((guint64) g_random_int () << 20) + self->next_token++);
  GHashTableIter iter;
  JellyfinSession *old;

  /* Another login of the same user on the same device ends the first one. */
  g_hash_table_iter_init (&iter, self->sessions);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &old))
    if (old->user == user && g_str_equal (old->device_id, device_id))
      g_hash_table_iter_remove (&iter);
  session->token = g_strdup_printf ("%016" G_GINT64_MODIFIER "x%016" G_GINT64_MODIFIER "x", r,
                                    bijou_fake_mix (r));
  session->user = user;
  session->device_id = g_strdup (device_id);
  g_hash_table_insert (self->sessions, session->token, session);
  return session;
}

static void
write_session (BijouFakeJellyfin *self, FakeWriter *w, const char *name, JellyfinSession *session)
{
  char id[33];

  fake_object (w, name, NULL);
  fake_object (w, "PlayState", NULL);
  fake_bool (w, "CanSeek", FALSE);
  fake_bool (w, "IsPaused", FALSE);
  fake_bool (w, "IsMuted", FALSE);
  fake_str (w, "RepeatMode", "RepeatNone");
  fake_str (w, "PlaybackOrder", "Default");
  fake_end (w);
  fake_array (w, "AdditionalUsers");
  fake_end (w);
  fake_str (w, "RemoteEndPoint", "127.0.0.1");
  fake_strf (w, "Id", "%016" G_GINT64_MODIFIER "x0000000000000000",
             bijou_fake_mix (g_str_hash (session->device_id)));
  jellyfin_format (self, JELLYFIN_SPACE_USER, session->user, id);
  fake_str (w, "UserId", id);
  fake_str (w, "UserName", jellyfin_user_name (session->user));
  fake_str (w, "Client", session->client != NULL ? session->client : "test");
  fake_str (w, "DeviceName", session->device != NULL ? session->device : "test");
  fake_str (w, "DeviceId", session->device_id);
  fake_str (w, "ApplicationVersion", session->version != NULL ? session->version : "1");
  fake_bool (w, "IsActive", TRUE);
  fake_str (w, "ServerId", self->id);
  fake_end (w);
}

static void
reply_login (BijouFakeJellyfin *self, BijouFakeExchange *x, JellyfinSession *session)
{
  FakeWriter *w = jellyfin_begin (self, x);

  fake_object (w, NULL, NULL);
  write_user (self, w, "User", session->user);
  write_session (self, w, "SessionInfo", session);
  fake_str (w, "AccessToken", session->token);
  fake_str (w, "ServerId", self->id);
  fake_end (w);
  jellyfin_end (x, w);
}

static gboolean
check_parts (GArray *parts)
{
  return jellyfin_get_part (parts, "Client") != NULL &&
         jellyfin_get_part (parts, "Device") != NULL &&
         jellyfin_get_part (parts, "DeviceId") != NULL &&
         jellyfin_get_part (parts, "Version") != NULL;
}

static const char *
get_text (JsonObject *object, const char *name)
{
  g_autoptr (GList) members = json_object_get_members (object);

  for (GList *l = members; l != NULL; l = l->next)
    if (g_ascii_strcasecmp (l->data, name) == 0 &&
        json_node_get_value_type (json_object_get_member (object, l->data)) == G_TYPE_STRING)
      return json_object_get_string_member (object, l->data);
  return NULL;
}

static void
log_in (BijouFakeJellyfin *self, BijouFakeExchange *x)
{
  g_autoptr (JsonParser) parser = NULL;
  g_autoptr (GArray) parts = jellyfin_parse_authorization (self, x);
  JsonObject *body = fake_body_json (x, &parser);
  const char *name = body != NULL ? get_text (body, "Username") : NULL;
  const char *password = body != NULL ? get_text (body, "Pw") : NULL;
  JellyfinSession *session;

  if (body == NULL)
    {
      jellyfin_reply_problem (x, 400, "$", "body");
      return;
    }
  if (!check_parts (parts) || name == NULL || *name == '\0')
    {
      jellyfin_reply_error_text (x, 400);
      return;
    }
  for (guint i = 0; i < BIJOU_FAKE_USERS; i++)
    if (g_ascii_strcasecmp (jellyfin_user_name (i), name) == 0 &&
        g_strcmp0 (i == 1 ? "" : jellyfin_user_name (i), password) == 0)
      {
        session = jellyfin_add_session (self, i, jellyfin_get_part (parts, "DeviceId"));
        session->device = g_strdup (jellyfin_get_part (parts, "Device"));
        session->client = g_strdup (jellyfin_get_part (parts, "Client"));
        session->version = g_strdup (jellyfin_get_part (parts, "Version"));
        reply_login (self, x, session);
        return;
      }
  jellyfin_reply_error_text (x, 401);
}

static void
log_out (BijouFakeJellyfin *self, BijouFakeExchange *x)
{
  JellyfinSession *session = x->session;

  g_hash_table_remove (self->sessions, session->token);
  x->session = NULL;
  fake_reply_empty (x, 204);
}

/* ---- Quick Connect ---- */

static JellyfinQuick *
find_quick (BijouFakeJellyfin *self, const char *secret, const char *code)
{
  for (guint i = 0; i < self->quick->len; i++)
    {
      JellyfinQuick *quick = g_ptr_array_index (self->quick, i);

      if (!quick->expired && (secret != NULL ? g_ascii_strcasecmp (quick->secret, secret) == 0
                                             : g_strcmp0 (quick->code, code) == 0))
        return quick;
    }
  return NULL;
}

gboolean
jellyfin_approve (BijouFakeJellyfin *self, const char *code)
{
  JellyfinQuick *quick;

  if (*code == '\0' && self->quick->len > 0)
    quick = g_ptr_array_index (self->quick, self->quick->len - 1);
  else
    quick = find_quick (self, NULL, code);
  if (quick != NULL)
    quick->approved = TRUE;
  return quick != NULL;
}

static void
reply_quick (BijouFakeJellyfin *self, BijouFakeExchange *x, JellyfinQuick *quick)
{
  FakeWriter *w = jellyfin_begin (self, x);

  fake_object (w, NULL, NULL);
  fake_bool (w, "Authenticated", quick->approved);
  fake_str (w, "Secret", quick->secret);
  fake_str (w, "Code", quick->code);
  fake_str (w, "DeviceId", quick->device_id);
  fake_str (w, "DeviceName", quick->device);
  fake_str (w, "AppName", quick->client);
  fake_str (w, "AppVersion", quick->version);
  jellyfin_put_date (w, "DateAdded", quick->created);
  fake_end (w);
  jellyfin_end (x, w);
}

static void
initiate_quick (BijouFakeJellyfin *self, BijouFakeExchange *x)
{
  g_autoptr (GArray) parts = jellyfin_parse_authorization (self, x);
  g_autoptr (GString) secret = g_string_new (NULL);
  JellyfinQuick *quick;

  if (self->no_quick)
    {
      jellyfin_reply_string (x, 401, "Quick connect is disabled");
      return;
    }
  if (!check_parts (parts))
    {
      jellyfin_reply_error_text (x, 400);
      return;
    }
  quick = g_new0 (JellyfinQuick, 1);
  for (guint i = 0; i < 8; i++)
    g_string_append_printf (secret, "%08X", g_random_int ());
  quick->secret = g_strdup (secret->str);
  quick->code = g_strdup_printf ("%06d", g_random_int_range (100000, 999999));
  quick->device_id = g_strdup (jellyfin_get_part (parts, "DeviceId"));
  quick->device = g_strdup (jellyfin_get_part (parts, "Device"));
  quick->client = g_strdup (jellyfin_get_part (parts, "Client"));
  quick->version = g_strdup (jellyfin_get_part (parts, "Version"));
  quick->created = g_get_real_time () / G_USEC_PER_SEC;
  g_ptr_array_add (self->quick, quick);
  reply_quick (self, x, quick);
}

static void
log_in_quick (BijouFakeJellyfin *self, BijouFakeExchange *x)
{
  g_autoptr (JsonParser) parser = NULL;
  JsonObject *body = fake_body_json (x, &parser);
  const char *secret = body != NULL ? get_text (body, "Secret") : NULL;
  JellyfinQuick *quick = secret != NULL ? find_quick (self, secret, NULL) : NULL;
  JellyfinSession *session = NULL;

  if (quick == NULL || !quick->approved)
    {
      jellyfin_reply_error_text (x, quick == NULL ? 404 : 401);
      return;
    }
  /* The same token for each repeat. */
  if (quick->token != NULL)
    session = g_hash_table_lookup (self->sessions, quick->token);
  if (session == NULL)
    {
      session = jellyfin_add_session (self, 0, quick->device_id);
      session->device = g_strdup (quick->device);
      session->client = g_strdup (quick->client);
      session->version = g_strdup (quick->version);
      g_free (quick->token);
      quick->token = g_strdup (session->token);
    }
  reply_login (self, x, session);
}

static gboolean
handle_quick (BijouFakeJellyfin *self, BijouFakeExchange *x, const char *path)
{
  const char *secret = fake_param (x, "secret");
  JellyfinQuick *quick = secret != NULL ? find_quick (self, secret, NULL) : NULL;

  if (g_str_equal (path, "/quickconnect/enabled"))
    fake_reply (x, 200, "application/json; charset=utf-8", self->no_quick ? "false" : "true");
  else if (g_str_equal (path, "/quickconnect/initiate"))
    {
      if (x->method == SOUP_METHOD_POST || self->major < 12)
        initiate_quick (self, x);
      else
        fake_fail (x, 405);
    }
  else if (g_str_equal (path, "/quickconnect/connect"))
    {
      if (quick != NULL)
        reply_quick (self, x, quick);
      else
        jellyfin_reply_string (x, 404, "Unknown secret");
    }
  else if (g_str_equal (path, "/quickconnect/authorize") && x->session != NULL)
    {
      const char *code = fake_param (x, "code");

      if (code != NULL && *code != '\0' && jellyfin_approve (self, code))
        fake_reply (x, 200, "application/json; charset=utf-8", "true");
      else
        jellyfin_reply_error_text (x, 404);
    }
  else
    return FALSE;
  return TRUE;
}

static void
reply_sessions (BijouFakeJellyfin *self, BijouFakeExchange *x)
{
  FakeWriter *w = jellyfin_begin (self, x);
  GHashTableIter iter;
  gpointer session;

  fake_array (w, NULL);
  g_hash_table_iter_init (&iter, self->sessions);
  while (g_hash_table_iter_next (&iter, NULL, &session))
    write_session (self, w, NULL, session);
  fake_end (w);
  jellyfin_end (x, w);
}

gboolean
jellyfin_handle_users (BijouFakeJellyfin *self, BijouFakeExchange *x, const char *path)
{
  gboolean good = x->entry->token == BIJOU_FAKE_TOKEN_GOOD;

  if (g_str_equal (path, "/users/authenticatebyname"))
    log_in (self, x);
  else if (g_str_equal (path, "/users/authenticatewithquickconnect"))
    log_in_quick (self, x);
  else if (g_str_equal (path, "/users/public"))
    reply_public_users (self, x);
  else if (handle_quick (self, x, path))
    return TRUE;
  else if (!good)
    return FALSE;
  else if (g_str_equal (path, "/users/me"))
    reply_me (self, x, x->user);
  else if (g_str_equal (path, "/sessions/logout"))
    log_out (self, x);
  else if (g_str_equal (path, "/sessions"))
    reply_sessions (self, x);
  else
    return FALSE;
  return TRUE;
}
