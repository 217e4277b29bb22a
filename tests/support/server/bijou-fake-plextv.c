#include "config.h"

#include "bijou-fake-exchange.h"

#include <string.h>

/* plex.tv: pins, the account, its Home and its servers. */

typedef struct
{
  guint id;
  char *code;    /* (owned) */
  char *client;  /* (owned) */
  char *product; /* (owned) */
  gint64 created;
  gboolean strong;
  gboolean claimed;
  gboolean expired;
  guint user; /* who claimed it */
} Pin;

/* After so many wrong PINs of Home users the service wants patience. */
#define WRONG_PINS_MAX 5

/* A connection that a server is listed with beside its own. */
typedef struct
{
  char *server; /* (owned) */
  char *uri;    /* (owned) */
} Extra;

typedef struct
{
  BijouFakeServer *server;
  GPtrArray *pins;                /* (owned) of Pin */
  char *tokens[BIJOU_FAKE_USERS]; /* (owned) */
  guint token_round[BIJOU_FAKE_USERS];
  GPtrArray *extras;  /* (owned) of Extra */
  GHashTable *hidden; /* (owned) set of "USER SERVER" */
  guint wrong_pins;
  guint dead_status; /* for a token that is no good, 0: 401 */
  gboolean no_home;
  gboolean alone[BIJOU_FAKE_USERS]; /* not in the Home: an account of their own */
} PlexTv;

static const char *const user_names[BIJOU_FAKE_USERS] = { "demo", "Guest Room", "Kid" };

static void
free_pin (gpointer data)
{
  Pin *pin = data;

  g_free (pin->code);
  g_free (pin->client);
  g_free (pin->product);
  g_free (pin);
}

static void
free_extra (gpointer data)
{
  Extra *extra = data;

  g_free (extra->server);
  g_free (extra->uri);
  g_free (extra);
}

static gboolean
is_in_home (PlexTv *self, guint user)
{
  return !self->no_home && !self->alone[user];
}

static const char *
get_setting (BijouFakeExchange *x, const char *name)
{
  const char *value = fake_param (x, name);

  return value != NULL ? value : fake_header (x, name);
}

static void
reply_error (BijouFakeExchange *x, guint status, int code, const char *message)
{
  g_autofree char *text = g_strdup_printf (
      "{\"errors\":[{\"code\":%d,\"message\":\"%s\",\"status\":%u}]}", code, message, status);

  fake_reply (x, status, "application/json; charset=utf-8", text);
}

static void
fail (gpointer data, BijouFakeExchange *x, guint status)
{
  if (status == 401)
    reply_error (x, 401, 1001, "User could not be authenticated");
  else if (status == 429)
    reply_error (x, 429, 1003, "Too many requests");
  else if (status >= 500)
    fake_reply (x, status, "text/html",
                "<html><head><title>Bad gateway</title></head><body></body></html>");
  else
    reply_error (x, status, 1000, "Not found");
}

static void
starting (gpointer data, BijouFakeExchange *x, const char *how)
{
  fail (data, x, 503);
}

static void
check (gpointer data, BijouFakeExchange *x)
{
  PlexTv *self = data;
  const char *token = get_setting (x, "X-Plex-Token");

  x->entry->token = token != NULL ? BIJOU_FAKE_TOKEN_BAD : BIJOU_FAKE_TOKEN_NONE;
  for (guint i = 0; token != NULL && i < BIJOU_FAKE_USERS; i++)
    if (g_str_equal (self->tokens[i], token))
      {
        x->entry->token = BIJOU_FAKE_TOKEN_GOOD;
        x->user = i;
      }
}

static FakeWriter *
begin (BijouFakeExchange *x)
{
  return fake_writer_new (fake_fault (x, BIJOU_FAKE_FAULT_DRIFT) ? FAKE_WRITER_DRIFT
                                                                 : FAKE_WRITER_JSON);
}

static void
finish (BijouFakeExchange *x, guint status, FakeWriter *w)
{
  fake_reply_writer (x, status, "application/json; charset=utf-8", w);
  fake_writer_free (w);
}

/* ---- pins ---- */

static Pin *
find_pin (PlexTv *self, guint id, const char *code)
{
  for (guint i = 0; i < self->pins->len; i++)
    {
      Pin *pin = g_ptr_array_index (self->pins, i);

      if (code != NULL ? g_ascii_strcasecmp (pin->code, code) == 0 : pin->id == id)
        return pin;
    }
  return NULL;
}

static void
put_time (FakeWriter *w, const char *name, gint64 seconds)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (seconds);
  g_autofree char *text = g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ");

  fake_str (w, name, text);
}

static void
reply_pin (PlexTv *self, BijouFakeExchange *x, guint status, Pin *pin)
{
  FakeWriter *w = begin (x);

  fake_object (w, NULL, NULL);
  fake_int (w, "id", pin->id);
  fake_str (w, "code", pin->code);
  fake_str (w, "product", pin->product);
  fake_bool (w, "trusted", FALSE);
  fake_strf (w, "qr", "https://plex.tv/api/v2/pins/qr/%s", pin->code);
  fake_str (w, "clientIdentifier", pin->client);
  fake_object (w, "location", NULL);
  fake_str (w, "code", "DE");
  fake_bool (w, "european_union_member", TRUE);
  fake_str (w, "continent_code", "EU");
  fake_str (w, "country", "Germany");
  fake_str (w, "city", "Berlin");
  fake_str (w, "time_zone", "Europe/Berlin");
  fake_str (w, "coordinates", "52.5, 13.4");
  fake_end (w);
  fake_int (w, "expiresIn", pin->strong ? 1800 : 900);
  put_time (w, "createdAt", pin->created);
  put_time (w, "expiresAt", pin->created + (pin->strong ? 1800 : 900));
  fake_str (w, "authToken", pin->claimed ? self->tokens[pin->user] : NULL);
  fake_null (w, "newRegistration");
  fake_end (w);
  finish (x, status, w);
}

static void
create_pin (PlexTv *self, BijouFakeExchange *x)
{
  static const char alphabet[] = "abcdefghijkmnopqrstuvwxyz23456789";
  const char *client = get_setting (x, "X-Plex-Client-Identifier");
  const char *product = get_setting (x, "X-Plex-Product");
  g_autofree char *body = fake_body_text (x);
  guint length;
  Pin *pin;

  if (client == NULL)
    {
      reply_error (x, 400, 1000, "X-Plex-Client-Identifier is missing");
      return;
    }
  pin = g_new0 (Pin, 1);
  pin->id = 1000 + self->pins->len;
  pin->created = g_get_real_time () / G_USEC_PER_SEC;
  pin->strong = fake_param_bool (x, "strong", FALSE) || strstr (body, "strong=true") != NULL;
  pin->client = g_strdup (client);
  pin->product = g_strdup (product != NULL ? product : "Plex Web");
  length = pin->strong ? 25 : 4;
  pin->code = g_malloc0 (length + 1);
  for (guint i = 0; i < length; i++)
    {
      char c = alphabet[g_random_int_range (0, sizeof alphabet - 1)];

      pin->code[i] = pin->strong ? c : g_ascii_toupper (c);
    }
  g_ptr_array_add (self->pins, pin);
  reply_pin (self, x, 201, pin);
}

static void
poll_pin (PlexTv *self, BijouFakeExchange *x, const char *id)
{
  Pin *pin = find_pin (self, g_ascii_strtoull (id, NULL, 10), NULL);

  /* Another client's pin is not found either. */
  if (pin == NULL || pin->expired ||
      g_strcmp0 (pin->client, get_setting (x, "X-Plex-Client-Identifier")) != 0)
    reply_error (x, 404, 1020, "Code not found or expired");
  else
    reply_pin (self, x, 200, pin);
}

/* What stands for the page which the browser opens. */
static void
link_page (PlexTv *self, BijouFakeExchange *x)
{
  const char *code = fake_param (x, "code");
  Pin *pin = code != NULL ? find_pin (self, 0, code) : NULL;

  if (pin != NULL && !pin->expired)
    pin->claimed = TRUE;
  fake_reply (x, pin != NULL ? 200 : 404, "text/html; charset=utf-8",
              pin != NULL ? "<!DOCTYPE html><title>Linked</title><p>You are signed in."
                          : "<!DOCTYPE html><title>Link</title><p>No such code.");
}

/* ---- the account ---- */

static void
write_user (PlexTv *self, FakeWriter *w, guint user, const char *token)
{
  static const int ids[] = { 700001, 700002, 700003 };

  fake_int (w, "id", ids[user]);
  fake_strf (w, "uuid", "f00d00000000000%u", user);
  fake_str (w, "username", user == 0 ? "demo" : NULL);
  fake_str (w, "title", user_names[user]);
  fake_str (w, "email", user == 0 ? "demo@example.com" : NULL);
  fake_str (w, "friendlyName", user == 0 ? "Demo" : NULL);
  fake_strf (w, "thumb", "https://plex.tv/users/f00d00000000000%u/avatar?c=1", user);
  if (token != NULL)
    fake_str (w, "authToken", token);
  fake_bool (w, "home", is_in_home (self, user));
  fake_bool (w, "homeAdmin", user == 0);
  fake_int (w, "homeSize", is_in_home (self, user) ? BIJOU_FAKE_USERS : 1);
  fake_bool (w, "restricted", user == 2);
  fake_bool (w, "protected", user == 1);
  fake_bool (w, "hasPassword", user == 0);
  fake_object (w, "subscription", NULL);
  fake_bool (w, "active", TRUE);
  fake_str (w, "status", "Active");
  fake_str (w, "plan", "lifetime");
  fake_end (w);
  fake_object (w, "profile", NULL);
  fake_bool (w, "autoSelectAudio", TRUE);
  fake_str (w, "defaultAudioLanguage", "en");
  fake_str (w, "defaultAudioLanguages", "en,de");
  fake_null (w, "defaultSubtitleLanguage");
  fake_int (w, "autoSelectSubtitle", 0);
  fake_end (w);
}

static void
reply_user (PlexTv *self, BijouFakeExchange *x, guint status, guint user)
{
  FakeWriter *w = begin (x);

  fake_object (w, NULL, NULL);
  write_user (self, w, user, self->tokens[user]);
  fake_end (w);
  finish (x, status, w);
}

static void
reply_home (PlexTv *self, BijouFakeExchange *x)
{
  FakeWriter *w;

  if (!is_in_home (self, x->user))
    {
      reply_error (x, 404, 1000, "Home not found");
      return;
    }
  w = begin (x);
  fake_object (w, NULL, NULL);
  fake_int (w, "id", 12345);
  fake_str (w, "name", "Demo's Home");
  fake_null (w, "guestUserID");
  fake_null (w, "guestUserUUID");
  fake_bool (w, "guestEnabled", FALSE);
  fake_bool (w, "subscription", TRUE);
  fake_array (w, "users");
  for (guint i = 0; i < BIJOU_FAKE_USERS; i++)
    {
      if (self->alone[i])
        continue;
      fake_object (w, NULL, NULL);
      fake_int (w, "id", 700001 + i);
      fake_strf (w, "uuid", "f00d00000000000%u", i);
      fake_str (w, "title", user_names[i]);
      fake_str (w, "username", i == 0 ? "demo" : NULL);
      fake_str (w, "email", i == 0 ? "demo@example.com" : NULL);
      fake_null (w, "friendlyName");
      fake_strf (w, "thumb", "https://plex.tv/users/f00d00000000000%u/avatar?c=1", i);
      fake_bool (w, "hasPassword", i == 0);
      fake_bool (w, "restricted", i == 2);
      fake_str (w, "restrictionProfile", i == 2 ? "little_kid" : NULL);
      fake_int (w, "updatedAt", 1700000000 + i);
      fake_bool (w, "admin", i == 0);
      fake_bool (w, "guest", FALSE);
      fake_bool (w, "protected", i == 1);
      fake_end (w);
    }
  fake_end (w);
  fake_end (w);
  finish (x, 200, w);
}

static void
switch_user (PlexTv *self, BijouFakeExchange *x, const char *uuid)
{
  g_autofree char *body = fake_body_text (x);
  const char *pin = fake_param (x, "pin");
  guint user = g_str_has_prefix (uuid, "f00d00000000000") && strlen (uuid) == 16
                   ? (guint) (uuid[15] - '0')
                   : BIJOU_FAKE_USERS;

  if (user >= BIJOU_FAKE_USERS || !is_in_home (self, user) || !is_in_home (self, x->user))
    reply_error (x, 404, 1000, "User not found");
  else if (self->wrong_pins >= WRONG_PINS_MAX)
    reply_error (x, 429, 1003, "Too many requests");
  else if (user == 1 && ++self->wrong_pins > 0 && g_strcmp0 (pin, "1234") != 0 &&
           strstr (body, "pin=1234") == NULL)
    reply_error (x, 403, 1041, "Invalid PIN");
  else
    {
      self->wrong_pins = 0;
      reply_user (self, x, 201, user);
    }
}

static void
sign_in (PlexTv *self, BijouFakeExchange *x)
{
  g_autofree char *body = fake_body_text (x);

  if (strstr (body, "login=demo") != NULL && strstr (body, "password=demo") != NULL)
    reply_user (self, x, 201, 0);
  else
    fake_fail (x, 401);
}

static void
make_token (PlexTv *self, guint user)
{
  g_free (self->tokens[user]);
  self->tokens[user] =
      g_strdup_printf ("tv%u-%016" G_GINT64_MODIFIER "x", user,
                       bijou_fake_mix (g_random_int () + user * 31 + self->token_round[user] * 7));
  self->token_round[user]++;
  fake_server_set_token (self->server, user, self->tokens[user]);
}

static void
make_tokens (PlexTv *self)
{
  for (guint i = 0; i < BIJOU_FAKE_USERS; i++)
    make_token (self, i);
}

static void
sign_out (PlexTv *self, BijouFakeExchange *x)
{
  make_token (self, x->user);
  fake_reply_empty (x, 204);
}

/* ---- resources ---- */

static void
write_connection (FakeWriter *w,
                  const char *protocol,
                  const char *address,
                  guint port,
                  const char *uri,
                  gboolean local,
                  gboolean relay)
{
  fake_object (w, NULL, NULL);
  fake_str (w, "protocol", protocol);
  fake_str (w, "address", address);
  fake_int (w, "port", port);
  fake_str (w, "uri", uri);
  fake_bool (w, "local", local);
  fake_bool (w, "relay", relay);
  fake_bool (w, "IPv6", FALSE);
  fake_end (w);
}

/* One dead address, the living one, what was added, and a relay where nothing answers. */
static void
write_connections (PlexTv *self, FakeWriter *w, BijouFakeServer *plex, gboolean relay)
{
  guint port = bijou_fake_server_get_port (plex);

  fake_array (w, "connections");
  write_connection (w, "http", "127.0.0.1", 9, "http://127.0.0.1:9", TRUE, FALSE);
  write_connection (w, "http", "127.0.0.1", port, bijou_fake_server_get_url (plex), TRUE, FALSE);
  for (guint i = 0; i < self->extras->len; i++)
    {
      Extra *extra = g_ptr_array_index (self->extras, i);
      g_autoptr (GUri) uri = g_uri_parse (extra->uri, G_URI_FLAGS_NONE, NULL);

      if (uri != NULL && g_str_equal (extra->server, bijou_fake_server_get_id (plex)))
        write_connection (w, g_uri_get_scheme (uri), g_uri_get_host (uri), g_uri_get_port (uri),
                          extra->uri, TRUE, FALSE);
    }
  if (relay)
    write_connection (w, "https", "127.0.0.1", 8443,
                      "https://127-0-0-1.00000000000000000000000000000000.plex.direct:8443", FALSE,
                      TRUE);
  fake_end (w);
}

static void
write_resource (PlexTv *self, BijouFakeExchange *x, FakeWriter *w, BijouFakeServer *plex, guint n)
{
  g_autofree char *token = bijou_fake_server_dup_token (plex, x->user);

  fake_object (w, NULL, NULL);
  fake_str (w, "name", bijou_fake_server_get_name (plex));
  fake_str (w, "product", "Plex Media Server");
  fake_str (w, "productVersion", "1.43.2.10467-2b1ba6e69");
  fake_str (w, "platform", "Linux");
  fake_str (w, "platformVersion", "12");
  fake_str (w, "device", "PC");
  fake_str (w, "clientIdentifier", bijou_fake_server_get_id (plex));
  fake_str (w, "createdAt", "2019-06-24T11:38:02Z");
  fake_str (w, "lastSeenAt", "2026-11-01T00:00:00Z");
  fake_str (w, "provides", "server");
  if (n == 0)
    fake_null (w, "ownerId");
  else
    fake_int (w, "ownerId", 99);
  fake_str (w, "sourceTitle", n == 0 ? NULL : "a friend");
  fake_str (w, "publicAddress", "203.0.113.7");
  fake_str (w, "accessToken", token);
  fake_bool (w, "searchEnabled", TRUE);
  fake_bool (w, "owned", n == 0 && x->user == 0);
  fake_bool (w, "home", n == 0 && x->user != 0 && is_in_home (self, x->user));
  fake_bool (w, "synced", FALSE);
  fake_bool (w, "relay", TRUE);
  fake_bool (w, "presence", TRUE);
  fake_bool (w, "httpsRequired", FALSE);
  fake_bool (w, "publicAddressMatches", TRUE);
  fake_bool (w, "dnsRebindingProtection", FALSE);
  fake_bool (w, "natLoopbackSupported", TRUE);
  write_connections (self, w, plex, fake_param_bool (x, "includeRelay", FALSE));
  fake_end (w);
}

/* A server which is off has no connections at all, and a player is in the same list. */
static void
write_others (FakeWriter *w)
{
  fake_object (w, NULL, NULL);
  fake_str (w, "name", "Old NAS");
  fake_str (w, "product", "Plex Media Server");
  fake_str (w, "productVersion", "1.20.0");
  fake_str (w, "clientIdentifier", "deadbeefdeadbeefdeadbeefdeadbeefdeadbeef");
  fake_str (w, "provides", "server");
  fake_null (w, "ownerId");
  fake_null (w, "sourceTitle");
  fake_str (w, "accessToken", "no-such-token");
  fake_bool (w, "owned", TRUE);
  fake_bool (w, "presence", FALSE);
  fake_end (w);
  fake_object (w, NULL, NULL);
  fake_str (w, "name", "Living Room");
  fake_str (w, "product", "Plex for Android (TV)");
  fake_str (w, "clientIdentifier", "living-room-tv");
  fake_str (w, "provides", "client,player,pubsub-player");
  fake_null (w, "accessToken");
  fake_bool (w, "owned", TRUE);
  fake_bool (w, "presence", TRUE);
  fake_array (w, "connections");
  fake_end (w);
  fake_end (w);
}

static void
reply_resources (PlexTv *self, BijouFakeExchange *x)
{
  GPtrArray *servers = fake_server_get_plex_servers (self->server);
  FakeWriter *w = begin (x);

  fake_array (w, NULL);
  write_others (w);
  for (guint i = 0; i < servers->len; i++)
    {
      BijouFakeServer *plex = g_ptr_array_index (servers, i);
      g_autofree char *share = g_strdup_printf ("%u %s", x->user, bijou_fake_server_get_id (plex));

      if (!g_hash_table_contains (self->hidden, share))
        write_resource (self, x, w, plex, i);
    }
  fake_end (w);
  finish (x, 200, w);
}

/* ---- the protocol ---- */

static void
handle (gpointer data, BijouFakeExchange *x)
{
  PlexTv *self = data;
  g_auto (GStrv) ids = NULL;
  gboolean good = x->entry->token == BIJOU_FAKE_TOKEN_GOOD;

  if (g_str_equal (x->path, "/api/v2/pins") && x->method == SOUP_METHOD_POST)
    create_pin (self, x);
  else if ((ids = fake_match (x->path, "/api/v2/pins/{}")))
    poll_pin (self, x, ids[0]);
  else if (g_str_equal (x->path, "/link"))
    link_page (self, x);
  else if (g_str_equal (x->path, "/api/v2/users/signin"))
    sign_in (self, x);
  else if (!good && self->dead_status != 0)
    reply_error (x, self->dead_status, 1001, "Invalid token");
  else if (!good)
    fake_fail (x, 401);
  else if (g_str_equal (x->path, "/api/v2/user"))
    reply_user (self, x, 200, x->user);
  else if (g_str_equal (x->path, "/api/v2/resources"))
    reply_resources (self, x);
  else if (g_str_equal (x->path, "/api/v2/home/users"))
    reply_home (self, x);
  else if ((ids = fake_match (x->path, "/api/v2/home/users/{}/switch")))
    switch_user (self, x, ids[0]);
  else if (g_str_equal (x->path, "/api/v2/users/signout"))
    sign_out (self, x);
}

static gpointer
create (BijouFakeServer *server, const BijouFakeOptions *options)
{
  PlexTv *self = g_new0 (PlexTv, 1);

  self->server = server;
  self->pins = g_ptr_array_new_with_free_func (free_pin);
  self->extras = g_ptr_array_new_with_free_func (free_extra);
  self->hidden = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  fake_server_set_id (server, "plex.tv");
  fake_server_set_credentials (server, "demo", "demo");
  make_tokens (self);
  return self;
}

static void
destroy (gpointer data)
{
  PlexTv *self = data;

  g_ptr_array_unref (self->pins);
  g_ptr_array_unref (self->extras);
  g_hash_table_unref (self->hidden);
  for (guint i = 0; i < BIJOU_FAKE_USERS; i++)
    g_free (self->tokens[i]);
  g_free (self);
}

static BijouFakeItem *
find_item (gpointer data, const char *id)
{
  return NULL;
}

static void
order_pin (PlexTv *self, JsonObject *object, const char *name, FakeWriter *reply)
{
  gint64 id = json_object_get_int_member (object, name);
  Pin *pin = NULL;

  if (id > 0)
    pin = find_pin (self, id, NULL);
  else if (self->pins->len > 0)
    pin = g_ptr_array_index (self->pins, self->pins->len - 1);
  if (pin == NULL)
    fake_str (reply, "error", "no such pin");
  else if (g_str_equal (name, "claim"))
    {
      pin->claimed = TRUE;
      pin->user =
          MIN (json_object_get_int_member_with_default (object, "user", 0), BIJOU_FAKE_USERS - 1);
    }
  else
    pin->expired = TRUE;
}

static void
add_extra (PlexTv *self, JsonObject *object)
{
  Extra *extra = g_new0 (Extra, 1);

  extra->uri = g_strdup (json_object_get_string_member (object, "connection"));
  extra->server = g_strdup (json_object_get_string_member (object, "server"));
  g_ptr_array_add (self->extras, extra);
}

static gboolean
order (gpointer data, JsonObject *object, FakeWriter *reply)
{
  PlexTv *self = data;

  if (json_object_has_member (object, "claim"))
    order_pin (self, object, "claim", reply);
  else if (json_object_has_member (object, "expire"))
    order_pin (self, object, "expire", reply);
  else if (json_object_has_member (object, "revoke_tokens"))
    make_tokens (self);
  else if (json_object_has_member (object, "dead_status"))
    self->dead_status = json_object_get_int_member (object, "dead_status");
  else if (json_object_has_member (object, "no_home"))
    self->no_home = json_object_get_boolean_member (object, "no_home");
  else if (json_object_has_member (object, "alone"))
    self->alone[json_object_get_int_member (object, "alone") % BIJOU_FAKE_USERS] = TRUE;
  else if (json_object_has_member (object, "connection"))
    add_extra (self, object);
  else if (json_object_has_member (object, "no_connections"))
    g_ptr_array_set_size (self->extras, 0);
  else if (json_object_has_member (object, "hide"))
    g_hash_table_add (self->hidden,
                      g_strdup_printf ("%d %s", (int) json_object_get_int_member (object, "user"),
                                       json_object_get_string_member (object, "hide")));
  else
    return FALSE;
  return TRUE;
}

const BijouFakeProtocol bijou_fake_plextv_protocol = {
  .name = "plextv",
  .create = create,
  .free = destroy,
  .check = check,
  .handle = handle,
  .fail = fail,
  .starting = starting,
  .find_item = find_item,
  .order = order,
};
