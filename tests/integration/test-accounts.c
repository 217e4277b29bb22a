#include "config.h"

#include "bijou-account-visit.h"
#include "bijou-accounts-private.h"
#include "bijou-fake-server.h"
#include "bijou-part-origin.h"
#include "bijou-sync-job.h"
#include "bijou-test-files.h"

#include <locale.h>
#include <string.h>

/* Accounts at plex.tv: several, their people, what they list, and that nothing of one person is
 * left for the next. */

#define RESOURCES "GET /api/v2/resources*"

typedef struct
{
  char *folder; /* (owned) the profile */
  BijouContext *context;
  BijouFakeServer *own;
  BijouFakeServer *shared;
  BijouFakeServer *jellyfin;
  BijouFakeServer *plextv;
  const BijouBackendType *type;
} Fixture;

static void
open_context (Fixture *fixture)
{
  BijouContextOptions options = { fixture->folder, NULL };
  g_autoptr (GError) error = NULL;

  fixture->context = bijou_context_new (&options, &error);
  g_assert_no_error (error);
  g_settings_set_boolean (bijou_context_get_settings (fixture->context), "sync-at-start", FALSE);
  while (!bijou_backends_is_loaded (bijou_context_get_backends (fixture->context)))
    g_main_context_iteration (NULL, TRUE);
}

static void
close_context (Fixture *fixture)
{
  bijou_context_shutdown (fixture->context);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (fixture->context);
}

static BijouFakeServer *
start (BijouFakeProtocolKind kind, const char *name, const char *id)
{
  BijouFakeOptions options = { .name = name, .id = id, .movies = 4, .shows = 1, .seasons = 1 };
  g_autoptr (GError) error = NULL;
  BijouFakeServer *server;

  options.episodes = 2;
  server = bijou_fake_server_start (kind, &options, &error);
  g_assert_no_error (error);
  return server;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->type = bijou_backend_type_find ("plex");
  fixture->folder = g_dir_make_tmp ("bijou-accounts-XXXXXX", NULL);
  fixture->own = start (BIJOU_FAKE_PLEX, "Own", "1111111111111111111111111111111111111111");
  fixture->shared = start (BIJOU_FAKE_PLEX, "Shared", "2222222222222222222222222222222222222222");
  fixture->jellyfin = start (BIJOU_FAKE_JELLYFIN, "Attic", NULL);
  fixture->plextv = start (BIJOU_FAKE_PLEXTV, NULL, NULL);
  bijou_fake_server_list_plex (fixture->plextv, fixture->own);
  bijou_fake_server_list_plex (fixture->plextv, fixture->shared);
  g_setenv ("BIJOU_PLEX_TV", bijou_fake_server_get_url (fixture->plextv), TRUE);
  open_context (fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  close_context (fixture);
  bijou_fake_server_stop (fixture->plextv);
  bijou_fake_server_stop (fixture->own);
  bijou_fake_server_stop (fixture->shared);
  bijou_fake_server_stop (fixture->jellyfin);
  bijou_test_remove_tree (fixture->folder);
  g_free (fixture->folder);
}

static void
restart (Fixture *fixture)
{
  close_context (fixture);
  open_context (fixture);
}

static void
control (BijouFakeServer *server, const char *order)
{
  g_autofree char *answer = bijou_fake_server_control (server, "%s", order);

  g_assert_null (strstr (answer, "\"error\""));
}

/* Signs in as one of plex.tv's users and keeps all servers, or none. */
static BijouAccountVisit *
visit_as (Fixture *fixture, guint user)
{
  g_autofree char *token = bijou_fake_server_dup_token (fixture->plextv, user);
  g_autoptr (GError) error = NULL;
  BijouClientInfo client;
  BijouAccountVisit *visit;

  bijou_accounts_get_client (fixture->context, fixture->type, NULL, &client);
  visit = bijou_account_visit_new (fixture->context, fixture->type, client.client_id, token, NULL,
                                   &error);
  g_assert_no_error (error);
  return visit;
}

static char *
sign_in (Fixture *fixture, guint user)
{
  g_autoptr (BijouAccountVisit) visit = visit_as (fixture, user);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) servers = bijou_account_visit_list_servers (visit, NULL, &error);

  g_assert_no_error (error);
  bijou_account_visit_keep (visit, servers, NULL, &error);
  g_assert_no_error (error);
  return g_strdup (bijou_account_visit_get_account_id (visit));
}

static BijouServer *
find_server (Fixture *fixture, BijouFakeServer *fake)
{
  g_autoptr (GPtrArray) servers =
      bijou_store_list_servers (bijou_context_get_store (fixture->context), NULL);

  for (guint i = 0; i < servers->len; i++)
    if (g_str_equal (((BijouServer *) servers->pdata[i])->id, bijou_fake_server_get_id (fake)))
      return g_object_ref (g_ptr_array_index (servers, i));
  return NULL;
}

static gboolean
is_known (Fixture *fixture, const char *account_id)
{
  g_autoptr (BijouAccount) account = bijou_accounts_find (fixture->context, account_id);

  return account != NULL;
}

static char *
get_secret (Fixture *fixture, const char *format, const char *id)
{
  g_autofree char *name = g_strdup_printf (format, id);

  return bijou_secrets_lookup (bijou_context_get_secrets (fixture->context), name, NULL);
}

static BijouConnectionState
get_state (Fixture *fixture, BijouFakeServer *fake)
{
  return bijou_context_get_server_state (fixture->context, bijou_fake_server_get_id (fake));
}

static gboolean
token_works (Fixture *fixture, BijouFakeServer *fake)
{
  g_autoptr (BijouBackend) backend =
      bijou_context_get_backend (fixture->context, bijou_fake_server_get_id (fake));

  return backend != NULL && bijou_backend_check_token (backend, NULL, NULL);
}

static void
sync_all (Fixture *fixture, BijouFakeServer *fake)
{
  g_autoptr (BijouBackend) backend =
      bijou_context_get_backend (fixture->context, bijou_fake_server_get_id (fake));
  g_autoptr (GPtrArray) results = bijou_sync_job_run (bijou_context_get_store (fixture->context),
                                                      backend, FALSE, NULL, NULL, NULL, NULL);
  BijouSyncResult *sum = g_ptr_array_index (results, results->len - 1);

  g_assert_no_error (sum->error);
  g_assert_cmpint (sum->items, >, 0);
}

static guint
count_items (Fixture *fixture, BijouFakeServer *fake)
{
  BijouItemQuery query = { .server_id = bijou_fake_server_get_id (fake) };
  g_autoptr (GArray) ids =
      bijou_store_list_ids (bijou_context_get_store (fixture->context), &query, NULL);

  return ids->len;
}

/* --- several accounts --- */

static void
test_several (Fixture *fixture, gconstpointer data)
{
  g_autofree char *first = sign_in (fixture, 0);
  g_autofree char *second = NULL;
  g_autofree char *first_token = NULL;
  g_autofree char *second_token = NULL;
  g_autofree char *kept = NULL;
  g_autoptr (GPtrArray) accounts = NULL;
  BijouClientInfo one, two;

  control (fixture->plextv, "{\"alone\": 1}");
  control (fixture->plextv,
           "{\"hide\": \"1111111111111111111111111111111111111111\", \"user\": 1}");
  second = sign_in (fixture, 1);
  bijou_accounts_get_client (fixture->context, fixture->type, first, &one);
  bijou_accounts_get_client (fixture->context, fixture->type, second, &two);
  g_assert_cmpstr (one.client_id, !=, two.client_id);
  kept = g_strdup (two.client_id);

  restart (fixture);
  bijou_accounts_get_client (fixture->context, fixture->type, second, &two);
  g_assert_cmpstr (two.client_id, ==, kept);
  accounts = bijou_store_list_accounts (bijou_context_get_store (fixture->context), NULL);
  g_assert_cmpuint (accounts->len, ==, 2);
  first_token = get_secret (fixture, "account/plex/%s", first);
  second_token = get_secret (fixture, "account/plex/%s", second);
  g_assert_nonnull (first_token);
  g_assert_cmpstr (first_token, !=, second_token);
  g_assert_true (token_works (fixture, fixture->own));
  g_assert_true (token_works (fixture, fixture->shared));

  /* One goes, the other stays. */
  g_assert_true (bijou_accounts_sign_out (fixture->context, first, NULL, NULL));
  g_assert_false (is_known (fixture, first));
  g_assert_false (bijou_accounts_is_signed_out (fixture->context, second));
  g_assert_true (token_works (fixture, fixture->shared));
}

/* What an earlier version kept is found under its new name. */
static void
test_migration (Fixture *fixture, gconstpointer data)
{
  g_autofree char *account = sign_in (fixture, 0);
  g_autofree char *name = g_strconcat ("account/plex/", account, NULL);
  BijouSecrets *secrets = bijou_context_get_secrets (fixture->context);
  g_autofree char *token = bijou_secrets_lookup (secrets, name, NULL);
  g_autofree char *moved = NULL;
  g_autofree char *old = NULL;
  g_autoptr (BijouAccount) row = NULL;

  bijou_secrets_clear (secrets, name, NULL);
  bijou_secrets_store (secrets, "account/plex", token, NULL);
  bijou_store_remove_account (bijou_context_get_store (fixture->context), account, NULL);
  restart (fixture);

  moved = get_secret (fixture, "account/plex/%s", account);
  old = get_secret (fixture, "account/%s", "plex");
  g_assert_cmpstr (moved, ==, token);
  g_assert_null (old);
  row = bijou_accounts_find (fixture->context, account);
  g_assert_nonnull (row->client_id);
  g_assert_true (bijou_accounts_refresh (fixture->context, account, TRUE, NULL, NULL));
}

/* --- listing anew --- */

static BijouAddress *
find_address (BijouServer *server, const char *part)
{
  for (guint i = 0; i < server->addresses->len; i++)
    if (strstr (((BijouAddress *) server->addresses->pdata[i])->url, part) != NULL)
      return g_ptr_array_index (server->addresses, i);
  return NULL;
}

static void
refresh (Fixture *fixture, const char *account, gboolean force)
{
  g_autoptr (GError) error = NULL;

  bijou_accounts_refresh (fixture->context, account, force, NULL, &error);
  g_assert_no_error (error);
}

static void
test_hourly (Fixture *fixture, gconstpointer data)
{
  g_autofree char *account = sign_in (fixture, 0);
  g_autoptr (BijouAccount) row = NULL;
  guint before = bijou_fake_server_count (fixture->plextv, RESOURCES);

  refresh (fixture, account, FALSE);
  bijou_accounts_refresh_all (fixture->context, NULL);
  restart (fixture);
  refresh (fixture, account, FALSE);
  g_assert_cmpuint (bijou_fake_server_count (fixture->plextv, RESOURCES), ==, before);
  refresh (fixture, account, TRUE);
  g_assert_cmpuint (bijou_fake_server_count (fixture->plextv, RESOURCES), ==, before + 1);

  row = bijou_accounts_find (fixture->context, account);
  row->listed_at -= 3601;
  bijou_store_save_account (bijou_context_get_store (fixture->context), row, NULL);
  bijou_accounts_refresh_all (fixture->context, NULL);
  g_assert_cmpuint (bijou_fake_server_count (fixture->plextv, RESOURCES), ==, before + 2);
}

/* The user's word about addresses, and what was learned, outlives any list. */
static void
test_addresses (Fixture *fixture, gconstpointer data)
{
  g_autofree char *account = NULL;
  g_autoptr (BijouServer) server = NULL;
  g_autoptr (BijouServer) after = NULL;
  g_autoptr (BijouBackend) backend = NULL;
  BijouAddress *typed;

  control (fixture->plextv, "{\"connection\": \"http://127.0.0.9:1\", \"server\": "
                            "\"1111111111111111111111111111111111111111\"}");
  control (fixture->plextv, "{\"connection\": \"http://127.0.0.9:2\", \"server\": "
                            "\"1111111111111111111111111111111111111111\"}");
  account = sign_in (fixture, 0);
  server = find_server (fixture, fixture->own);
  find_address (server, "127.0.0.9:1")->pinned = TRUE;
  find_address (server, "127.0.0.1:9")->disabled = TRUE;
  typed = bijou_address_new ("http://127.0.0.8:1", BIJOU_ADDRESS_FROM_USER);
  typed->last_success = 1234;
  g_ptr_array_add (server->addresses, typed);
  backend = bijou_context_get_backend (fixture->context, server->id);
  bijou_connection_set_addresses (bijou_backend_get_connection (backend), server->addresses);

  control (fixture->plextv, "{\"no_connections\": true}");
  control (fixture->plextv, "{\"connection\": \"http://127.0.0.7:1\", \"server\": "
                            "\"1111111111111111111111111111111111111111\"}");
  refresh (fixture, account, TRUE);
  after = find_server (fixture, fixture->own);
  g_assert_nonnull (find_address (after, "127.0.0.7:1"));
  g_assert_null (find_address (after, "127.0.0.9:2"));
  g_assert_true (find_address (after, "127.0.0.9:1")->pinned);
  g_assert_true (find_address (after, "127.0.0.1:9")->disabled);
  g_assert_cmpint (find_address (after, "127.0.0.8:1")->last_success, ==, 1234);
  g_assert_cmpint (find_address (after, "127.0.0.8:1")->source, ==, BIJOU_ADDRESS_FROM_USER);
}

static void
test_merge (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autoptr (GPtrArray) known =
      g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_address_free);
  g_autoptr (GPtrArray) kept = NULL;

  g_ptr_array_add (known, bijou_address_new ("http://127.0.0.1:1", BIJOU_ADDRESS_FROM_ACCOUNT));
  kept = bijou_accounts_merge_addresses (none, known);
  g_assert_cmpuint (kept->len, ==, 1); /* it is off, and listed without any */
}

/* --- plex.tv in trouble --- */

static void
test_service_down (Fixture *fixture, gconstpointer data)
{
  static const char *faults[] = { "* refuse", "* status=500", "* status=503", "* html",
                                  "* truncate" };
  g_autofree char *account = sign_in (fixture, 0);
  g_autoptr (BijouServer) before = find_server (fixture, fixture->own);

  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autoptr (BijouServer) after = NULL;
      g_autoptr (GError) error = NULL;

      bijou_fake_server_add_fault (fixture->plextv, "%s", faults[i]);
      g_assert_false (bijou_accounts_refresh (fixture->context, account, TRUE, NULL, &error));
      g_assert_false (g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_UNAUTHORISED));
      g_assert_false (bijou_accounts_is_signed_out (fixture->context, account));
      after = find_server (fixture, fixture->own);
      g_assert_cmpuint (after->addresses->len, ==, before->addresses->len);
      g_assert_true (token_works (fixture, fixture->own));
      bijou_fake_server_clear_faults (fixture->plextv);
    }
}

static gpointer
refresh_in_thread (gpointer data)
{
  Fixture *fixture = data;

  bijou_accounts_refresh_all (fixture->context, NULL);
  return NULL;
}

/* Nothing waits for a slow service: servers answer meanwhile, also after a new start. */
static void
test_service_slow (Fixture *fixture, gconstpointer data)
{
  g_autofree char *account = sign_in (fixture, 0);
  g_autoptr (BijouAccount) row = bijou_accounts_find (fixture->context, account);
  GThread *thread;

  row->listed_at = 0;
  bijou_store_save_account (bijou_context_get_store (fixture->context), row, NULL);
  restart (fixture);
  bijou_fake_server_add_fault (fixture->plextv, "* stall");
  thread = g_thread_new ("refresh", refresh_in_thread, fixture);
  while (bijou_fake_server_count (fixture->plextv, "GET /api/v2/user*") < 2)
    g_thread_yield ();
  g_assert_true (token_works (fixture, fixture->own));
  sync_all (fixture, fixture->own);
  bijou_http_shutdown (bijou_context_get_http (fixture->context));
  g_thread_join (thread);
}

static void
assert_signed_out (Fixture *fixture, const char *account)
{
  g_assert_true (bijou_accounts_is_signed_out (fixture->context, account));
  g_assert_cmpint (get_state (fixture, fixture->own), ==, BIJOU_CONNECTION_UNAUTHORISED);
  g_assert_cmpuint (count_items (fixture, fixture->own), >, 0);
}

static void
test_account_refused (Fixture *fixture, gconstpointer status)
{
  g_autofree char *account = sign_in (fixture, 0);
  g_autofree char *order = g_strdup_printf ("{\"dead_status\": %d}", GPOINTER_TO_INT (status));
  g_autofree char *again = NULL;
  g_autoptr (GError) error = NULL;

  sync_all (fixture, fixture->own);
  control (fixture->plextv, "{\"revoke_tokens\": true}");
  control (fixture->plextv, order);
  g_assert_false (bijou_accounts_refresh (fixture->context, account, TRUE, NULL, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_UNAUTHORISED);
  assert_signed_out (fixture, account);
  restart (fixture);
  assert_signed_out (fixture, account);

  /* Signing in again keeps the library. */
  again = sign_in (fixture, 0);
  g_assert_cmpstr (again, ==, account);
  g_assert_cmpuint (count_items (fixture, fixture->own), >, 0);
  g_assert_cmpint (get_state (fixture, fixture->own), !=, BIJOU_CONNECTION_UNAUTHORISED);
}

/* --- a server that refuses its token --- */

static void
test_server_refuses (Fixture *fixture, gconstpointer data)
{
  g_autofree char *account = sign_in (fixture, 0);
  g_autofree char *stored = NULL;
  g_autofree char *fresh = NULL;
  guint before;

  sync_all (fixture, fixture->own);
  control (fixture->own, "{\"revoke_tokens\": true}");
  before = bijou_fake_server_count (fixture->plextv, RESOURCES);
  sync_all (fixture, fixture->own);
  g_assert_cmpuint (bijou_fake_server_count (fixture->plextv, RESOURCES), ==, before + 1);
  fresh = bijou_fake_server_dup_token (fixture->own, 0);
  stored = get_secret (fixture, "server/%s", bijou_fake_server_get_id (fixture->own));
  g_assert_cmpstr (stored, ==, fresh);
  g_assert_true (token_works (fixture, fixture->own));
}

static void
test_server_refuses_alone (Fixture *fixture, gconstpointer data)
{
  g_autofree char *account = sign_in (fixture, 0);

  g_assert_true (token_works (fixture, fixture->own));
  bijou_fake_server_add_fault (fixture->plextv, "* status=502");
  control (fixture->own, "{\"revoke_tokens\": true}");
  g_assert_false (token_works (fixture, fixture->own));
  g_assert_cmpint (get_state (fixture, fixture->own), ==, BIJOU_CONNECTION_UNAUTHORISED);
  g_assert_false (bijou_accounts_is_signed_out (fixture->context, account));

  /* The next list that comes through heals it. */
  bijou_fake_server_clear_faults (fixture->plextv);
  refresh (fixture, account, TRUE);
  g_assert_cmpint (get_state (fixture, fixture->own), !=, BIJOU_CONNECTION_UNAUTHORISED);
  g_assert_true (token_works (fixture, fixture->own));
}

/* A film whose bytes are refused in the middle goes on with the token that is good now. */
static void
test_film (Fixture *fixture, gconstpointer data)
{
  g_autofree char *account = sign_in (fixture, 0);
  BijouItemQuery query = { .kind = BIJOU_ITEM_MOVIE };
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (BijouBackend) backend = NULL;
  g_autoptr (BijouDetail) detail = NULL;
  g_autoptr (BijouMediaOrigin) origin = NULL;
  g_autoptr (BijouHttpRequest) request = NULL;
  g_autofree char *fresh = NULL;
  g_autoptr (GError) refused =
      g_error_new_literal (BIJOU_ERROR, BIJOU_ERROR_UNAUTHORISED, "Refused");
  BijouVersion *version;

  sync_all (fixture, fixture->own);
  items = bijou_store_list_items (bijou_context_get_store (fixture->context), &query, NULL);
  detail = bijou_context_load_detail (fixture->context, items->pdata[0], TRUE, NULL, NULL);
  version = g_ptr_array_index (detail->versions, 0);
  backend = bijou_context_get_backend (fixture->context, bijou_fake_server_get_id (fixture->own));
  origin = bijou_part_origin_new (backend, detail, version->parts->pdata[0], "session");

  control (fixture->own, "{\"revoke_tokens\": true}");
  fresh = bijou_fake_server_dup_token (fixture->own, 0);
  bijou_media_origin_report_failure (origin, bijou_fake_server_get_url (fixture->own), refused,
                                     NULL);
  request = bijou_media_origin_make_request (origin, NULL, NULL);
  g_assert_cmpstr (bijou_http_request_get_header (request, "X-Plex-Token"), ==, fresh);
  g_assert_cmpint (get_state (fixture, fixture->own), ==, BIJOU_CONNECTION_CONNECTED);
}

/* --- nothing of one person is left for the next --- */

static gboolean
contains (const char *data, gsize length, const char *text)
{
  gsize n = strlen (text);

  for (gsize i = 0; i + n <= length; i++)
    if (g_ascii_strncasecmp (data + i, text, n) == 0)
      return TRUE;
  return FALSE;
}

static void
assert_absent (const char *path, GPtrArray *texts)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  g_autofree char *data = NULL;
  const char *name;
  gsize length = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      assert_absent (child, texts);
    }
  if (dir != NULL || !g_file_get_contents (path, &data, &length, NULL))
    return;
  for (guint i = 0; i < texts->len; i++)
    if (contains (data, length, g_ptr_array_index (texts, i)))
      g_error ("“%s” is still in %s", (char *) g_ptr_array_index (texts, i), path);
}

static gboolean
is_present (const char *path, const char *text)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  g_autofree char *data = NULL;
  const char *name;
  gsize length = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (is_present (child, text))
        return TRUE;
    }
  return dir == NULL && g_file_get_contents (path, &data, &length, NULL) &&
         contains (data, length, text);
}

/* Titles, their words as the index has them, and tokens. */
static GPtrArray *
collect_traces (Fixture *fixture, guint user)
{
  GPtrArray *traces = g_ptr_array_new_with_free_func (g_free);
  BijouItemQuery query = { 0 };
  g_autoptr (GPtrArray) items =
      bijou_store_list_items (bijou_context_get_store (fixture->context), &query, NULL);

  for (guint i = 0; i < items->len; i++)
    {
      BijouItem *item = g_ptr_array_index (items, i);

      g_ptr_array_add (traces, g_strdup (item->title));
      if (item->overview != NULL)
        g_ptr_array_add (traces, g_strndup (item->overview, 24));
    }
  g_ptr_array_add (traces, bijou_fake_server_dup_token (fixture->plextv, user));
  g_ptr_array_add (traces, bijou_fake_server_dup_token (fixture->own, user));
  g_ptr_array_add (traces, bijou_fake_server_dup_token (fixture->shared, user));
  g_assert_cmpuint (traces->len, >, 8);
  return traces;
}

/* Fetches a picture, details and the beginning of a film, as somebody who uses the program. */
static void
leave_traces (Fixture *fixture, BijouFakeServer *fake)
{
  BijouItemQuery query = { .kind = BIJOU_ITEM_MOVIE, .server_id = bijou_fake_server_get_id (fake) };
  BijouStore *store = bijou_context_get_store (fixture->context);
  g_autoptr (GPtrArray) items = bijou_store_list_items (store, &query, NULL);
  BijouItem *item = g_ptr_array_index (items, 0);
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouDetail) detail =
      bijou_context_load_detail (fixture->context, item, TRUE, NULL, &error);

  g_assert_no_error (error);
  bijou_store_make_change (store, item, BIJOU_CHANGE_WATCHED, 0, &error);
  g_assert_no_error (error);
}

static BijouAccountUser *
find_user (GPtrArray *users, const char *name)
{
  for (guint i = 0; i < users->len; i++)
    if (g_str_equal (((BijouAccountUser *) users->pdata[i])->name, name))
      return g_ptr_array_index (users, i);
  g_assert_not_reached ();
}

static void
test_switch_user (Fixture *fixture, gconstpointer data)
{
  g_autofree char *account = sign_in (fixture, 0);
  g_autoptr (BijouAccountVisit) visit = NULL;
  g_autoptr (GPtrArray) users = NULL;
  g_autoptr (GPtrArray) traces = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *stored = NULL;
  g_autofree char *guest = bijou_fake_server_dup_token (fixture->own, 1);
  g_autoptr (BijouServer) own = NULL;
  g_autoptr (BijouServer) shared = NULL;

  sync_all (fixture, fixture->own);
  sync_all (fixture, fixture->shared);
  leave_traces (fixture, fixture->own);
  traces = collect_traces (fixture, 0);
  for (guint i = 0; i < traces->len; i++)
    g_assert_true (is_present (fixture->folder, g_ptr_array_index (traces, i)));

  control (fixture->plextv,
           "{\"hide\": \"2222222222222222222222222222222222222222\", \"user\": 1}");
  visit = bijou_account_visit_open (fixture->context, account, &error);
  users = bijou_account_visit_list_users (visit, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (users->len, ==, 3);

  /* A wrong PIN changes nothing, and is sent once. */
  g_assert_false (bijou_account_visit_switch_user (visit, find_user (users, "Guest Room"), "0000",
                                                   NULL, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_FORBIDDEN);
  g_assert_cmpuint (bijou_fake_server_count (fixture->plextv, "POST */switch*"), ==, 1);
  g_clear_error (&error);
  g_assert_false (bijou_account_visit_is_switch (visit));
  g_assert_true (token_works (fixture, fixture->own));
  g_assert_cmpuint (count_items (fixture, fixture->own), >, 0);

  bijou_account_visit_switch_user (visit, find_user (users, "Guest Room"), "1234", NULL, &error);
  g_assert_no_error (error);
  g_assert_true (bijou_account_visit_is_switch (visit));
  bijou_account_visit_keep (visit, NULL, NULL, &error);
  g_assert_no_error (error);

  /* What waited was sent first, as who did it. */
  g_assert_cmpuint (bijou_fake_server_count (fixture->own, "* /:/scrobble*"), ==, 1);
  assert_absent (fixture->folder, traces);
  own = find_server (fixture, fixture->own);
  shared = find_server (fixture, fixture->shared);
  g_assert_null (shared);
  g_assert_cmpstr (own->user_name, ==, "Guest Room");
  stored = get_secret (fixture, "server/%s", own->id);
  g_assert_cmpstr (stored, ==, guest);
  sync_all (fixture, fixture->own);

  /* Who is at it is known after a new start, and their list is listed. */
  g_clear_pointer (&visit, bijou_account_visit_unref);
  restart (fixture);
  refresh (fixture, account, TRUE);
  g_assert_true (token_works (fixture, fixture->own));
}

/* A managed user, and back. */
static void
test_restricted (Fixture *fixture, gconstpointer data)
{
  g_autofree char *account = sign_in (fixture, 0);
  g_autoptr (BijouAccountVisit) visit = bijou_account_visit_open (fixture->context, account, NULL);
  g_autoptr (GPtrArray) users = bijou_account_visit_list_users (visit, NULL, NULL);
  g_autoptr (BijouServer) own = NULL;
  g_autoptr (BijouAccount) row = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (find_user (users, "Kid")->restricted);
  bijou_account_visit_switch_user (visit, find_user (users, "Kid"), NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (bijou_account_visit_keep (visit, NULL, NULL, &error));
  g_assert_no_error (error);
  own = find_server (fixture, fixture->own);
  g_assert_cmpstr (own->user_name, ==, "Kid");
  sync_all (fixture, fixture->own);
  control (fixture->own, "{\"revoke_tokens\": true}");
  g_assert_true (token_works (fixture, fixture->own));

  g_assert_true (
      bijou_account_visit_switch_user (visit, find_user (users, "demo"), NULL, NULL, NULL));
  g_assert_true (bijou_account_visit_keep (visit, NULL, NULL, NULL));
  g_assert_cmpuint (count_items (fixture, fixture->own), ==, 0);
  row = bijou_accounts_find (fixture->context, account);
  g_assert_null (row->home_user);
}

static void
test_sign_out (Fixture *fixture, gconstpointer offline)
{
  g_autofree char *account = sign_in (fixture, 0);
  g_autofree char *token = bijou_fake_server_dup_token (fixture->plextv, 0);
  g_autoptr (GPtrArray) traces = NULL;
  g_autoptr (GError) error = NULL;

  sync_all (fixture, fixture->own);
  leave_traces (fixture, fixture->own);
  traces = collect_traces (fixture, 0);
  if (offline != NULL)
    {
      bijou_fake_server_set_refusing (fixture->plextv, TRUE);
      bijou_fake_server_set_refusing (fixture->own, TRUE);
    }
  bijou_accounts_sign_out (fixture->context, account, NULL, &error);
  g_assert_no_error (error);
  g_ptr_array_add (traces, g_strdup (account));
  assert_absent (fixture->folder, traces);
  g_assert_null (find_server (fixture, fixture->own));
  if (offline == NULL)
    g_assert_cmpuint (bijou_fake_server_count (fixture->plextv, "DELETE /api/v2/users/signout"), ==,
                      1);
}

/* Servers come and go while their account stays, and the last one takes it along. */
static void
test_choice (Fixture *fixture, gconstpointer data)
{
  g_autofree char *account = sign_in (fixture, 0);
  const char *own = bijou_fake_server_get_id (fixture->own);
  g_autoptr (BijouAccountVisit) visit = NULL;
  g_autoptr (GPtrArray) servers = NULL;
  g_autoptr (GPtrArray) known = NULL;

  g_assert_true (bijou_context_forget_server (fixture->context, own, NULL));
  g_assert_null (find_server (fixture, fixture->own));
  refresh (fixture, account, TRUE);
  g_assert_null (find_server (fixture, fixture->own));

  visit = bijou_account_visit_open (fixture->context, account, NULL);
  servers = bijou_account_visit_list_servers (visit, NULL, NULL);
  g_assert_cmpuint (servers->len, ==, 3);
  for (guint i = 0; i < servers->len; i++)
    if (g_str_equal (((BijouSignedIn *) servers->pdata[i])->server->id, own))
      g_assert_true (bijou_context_add_server (fixture->context, servers->pdata[i], NULL));
  g_assert_true (token_works (fixture, fixture->own));

  known = bijou_accounts_list_known (fixture->context, account, NULL);
  for (guint i = 0; i < known->len; i++)
    {
      g_assert_true (is_known (fixture, account));
      g_assert_true (bijou_context_remove_server (
          fixture->context, ((BijouServer *) known->pdata[i])->id, NULL, NULL));
    }
  g_assert_false (is_known (fixture, account));
  g_assert_cmpuint (bijou_fake_server_count (fixture->plextv, "DELETE /api/v2/users/signout"), ==,
                    1);
}

/* --- Jellyfin --- */

static void
sign_in_to_jellyfin (Fixture *fixture, const char *user, const char *password)
{
  const BijouBackendType *type = bijou_backend_type_find ("jellyfin");
  g_autofree char *account = g_strconcat ("jellyfin:test:", user, NULL);
  g_autoptr (BijouSignedIn) signed_in = NULL;
  g_autoptr (GError) error = NULL;
  BijouClientInfo client;

  bijou_context_get_client_info (fixture->context, account, &client);
  signed_in = type->sign_in_password (bijou_context_get_http (fixture->context), &client,
                                      bijou_fake_server_get_url (fixture->jellyfin), user, password,
                                      NULL, &error);
  g_assert_no_error (error);
  bijou_context_add_server (fixture->context, signed_in, &error);
  g_assert_no_error (error);
}

static void
test_jellyfin_again (Fixture *fixture, gconstpointer data)
{
  guint items;

  sign_in_to_jellyfin (fixture, "demo", "demo");
  sync_all (fixture, fixture->jellyfin);
  items = count_items (fixture, fixture->jellyfin);
  control (fixture->jellyfin, "{\"revoke_tokens\": true}");
  g_assert_false (token_works (fixture, fixture->jellyfin));
  g_assert_cmpint (get_state (fixture, fixture->jellyfin), ==, BIJOU_CONNECTION_UNAUTHORISED);

  sign_in_to_jellyfin (fixture, "demo", "demo");
  g_assert_cmpuint (count_items (fixture, fixture->jellyfin), ==, items);
  g_assert_true (token_works (fixture, fixture->jellyfin));

  sign_in_to_jellyfin (fixture, "kid", "kid");
  g_assert_cmpuint (count_items (fixture, fixture->jellyfin), ==, 0);
  g_assert_true (token_works (fixture, fixture->jellyfin));
}

#define ADD(name, func, data) g_test_add ("/accounts/" name, Fixture, data, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  ADD ("several", test_several, NULL);
  ADD ("migration", test_migration, NULL);
  ADD ("hourly", test_hourly, NULL);
  ADD ("addresses", test_addresses, NULL);
  ADD ("merge", test_merge, NULL);
  ADD ("service-down", test_service_down, NULL);
  ADD ("service-slow", test_service_slow, NULL);
  ADD ("account-401", test_account_refused, GINT_TO_POINTER (401));
  ADD ("account-422", test_account_refused, GINT_TO_POINTER (422));
  ADD ("server-refuses", test_server_refuses, NULL);
  ADD ("server-refuses-alone", test_server_refuses_alone, NULL);
  ADD ("film", test_film, NULL);
  ADD ("switch-user", test_switch_user, NULL);
  ADD ("restricted", test_restricted, NULL);
  ADD ("sign-out", test_sign_out, NULL);
  ADD ("sign-out-offline", test_sign_out, GINT_TO_POINTER (1));
  ADD ("choice", test_choice, NULL);
  ADD ("jellyfin-again", test_jellyfin_again, NULL);
  return g_test_run ();
}
