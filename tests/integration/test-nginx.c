#include "config.h"

#include "bijou-context.h"
#include "bijou-fake-server.h"
#include "bijou-sign-in.h"
#include "bijou-test-authority.h"
#include "bijou-test-files.h"
#include "bijou-test-nginx.h"
#include "bijou-trust-question.h"

/* The whole program behind a real nginx: TLS of an authority that nobody knows, HTTP/2, a base path
 * and a header that is demanded. */

#define DEADLINE_S 60
#define DOOR "X-Door: open-sesame"

typedef struct
{
  const char *type;
  char *folder; /* (owned) */
  char *media;  /* (owned) the server's URL behind the proxy */
  Authority *authority;
  Nginx *nginx;
  BijouFakeServer *server;
  BijouContext *context;
} Fixture;

static BijouFakeServer *
start_server (const char *type)
{
  BijouFakeOptions options = BIJOU_FAKE_OPTIONS_INIT;

  options.movies = 3;
  options.shows = 1;
  return bijou_fake_server_start (
      g_str_equal (type, "plex") ? BIJOU_FAKE_PLEX : BIJOU_FAKE_JELLYFIN, &options, NULL);
}

static void
start_nginx (Fixture *fixture)
{
  g_autofree char *site = NULL;

  fixture->authority = authority_new (fixture->folder);
  authority_issue (fixture->authority, fixture->folder, "home", "127.0.0.1", 2);
  authority_issue (fixture->authority, fixture->folder, "other", "127.0.0.1", 2);
  fixture->nginx = nginx_new (fixture->folder);
  nginx_add_site (fixture->nginx, "home",
                  "location /media/ {\n"
                  "  if ($http_x_door != open-sesame) { return 403; }\n"
                  "  proxy_pass %s/;\n"
                  "}\n",
                  bijou_fake_server_get_url (fixture->server));
  nginx_add_site (fixture->nginx, "other", "location / { return 404; }\n");
  nginx_start (fixture->nginx);
  site = nginx_dup_url (fixture->nginx, "home");
  fixture->media = g_strconcat (site, "/media", NULL);
}

static void
open_context (Fixture *fixture, const char *ca_file)
{
  g_autofree char *profile = g_build_filename (fixture->folder, "profile", NULL);
  BijouContextOptions options = { profile, ca_file };
  g_autoptr (GError) error = NULL;

  fixture->context = bijou_context_new (&options, &error);
  g_assert_no_error (error);
}

static void
close_context (Fixture *fixture)
{
  bijou_context_shutdown (fixture->context);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (fixture->context);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->type = data;
  fixture->folder = g_dir_make_tmp ("bijou-nginx-XXXXXX", NULL);
  fixture->server = start_server (data);
  start_nginx (fixture);
  open_context (fixture, NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  close_context (fixture);
  nginx_free (fixture->nginx);
  authority_free (fixture->authority);
  bijou_fake_server_stop (fixture->server);
  bijou_test_remove_tree (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->media);
}

/* --- waiting --- */

static gboolean
on_deadline_cb (gpointer user_data)
{
  g_error ("nothing happened for %d s", DEADLINE_S);
  return G_SOURCE_REMOVE;
}

#define WAIT_FOR(condition)                                                                        \
  G_STMT_START                                                                                     \
  {                                                                                                \
    guint deadline = g_timeout_add_seconds (DEADLINE_S, on_deadline_cb, NULL);                     \
    while (!(condition))                                                                           \
      g_main_context_iteration (NULL, TRUE);                                                       \
    g_source_remove (deadline);                                                                    \
  }                                                                                                \
  G_STMT_END

static void
on_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

typedef struct
{
  void (*func) (Fixture *fixture);
  Fixture *fixture;
  gint done; /* atomic */
} Work;

static gpointer
work_in_thread (gpointer data)
{
  Work *work = data;

  work->func (work->fixture);
  g_atomic_int_set (&work->done, TRUE);
  g_main_context_wakeup (NULL);
  return NULL;
}

/* What blocks is not for the main thread. */
static void
work_beside (Fixture *fixture, void (*func) (Fixture *fixture))
{
  Work work = { func, fixture, FALSE };
  GThread *thread = g_thread_new ("work", work_in_thread, &work);

  WAIT_FOR (g_atomic_int_get (&work.done));
  g_thread_join (thread);
}

/* --- steps --- */

/* Returns the URL whose certificate is not trusted, if that is what is wrong. */
static char *
identify (Fixture *fixture, BijouTrust *trust, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  BijouFoundServer *found;
  char *url = NULL;

  bijou_sign_in_identify_async (fixture->context, fixture->media, trust, NULL, on_done_cb, &result);
  WAIT_FOR (result != NULL);
  found = bijou_sign_in_identify_finish (result, error);
  if (found == NULL)
    return g_strdup (bijou_sign_in_identify_get_untrusted_url (result));

  g_assert_cmpstr (found->type->id, ==, fixture->type);
  g_assert_cmpstr (found->url, ==, fixture->media);
  g_assert_cmpstr (found->id, ==, bijou_fake_server_get_id (fixture->server));
  bijou_found_server_free (found);
  return url;
}

static char *
sign_in (Fixture *fixture, GError **error)
{
  const BijouBackendType *type = bijou_backend_type_find (fixture->type);
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *token = bijou_fake_server_dup_token (fixture->server, 0);

  if (type->has_account)
    bijou_sign_in_token_async (fixture->context, type, fixture->media, token, NULL, on_done_cb,
                               &result);
  else
    bijou_sign_in_password_async (
        fixture->context, type, fixture->media, bijou_fake_server_get_user (fixture->server),
        bijou_fake_server_get_password (fixture->server), NULL, on_done_cb, &result);
  WAIT_FOR (result != NULL);
  return bijou_sign_in_finish (result, error);
}

static char *
look (Fixture *fixture, const char *url)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (BijouTrustQuestion) question = NULL;
  g_autoptr (GError) error = NULL;

  bijou_trust_question_make_async (fixture->context, url, NULL, NULL, on_done_cb, &result);
  WAIT_FOR (result != NULL);
  question = bijou_trust_question_make_finish (result, &error);
  g_assert_no_error (error);
  g_assert_false (question->changed);
  return g_strdup (question->certificate->pin);
}

static GPtrArray *
list_films (Fixture *fixture)
{
  BijouItemQuery query = { .kind = BIJOU_ITEM_MOVIE };

  return bijou_store_list_items (bijou_context_get_store (fixture->context), &query, NULL);
}

static gboolean
has_films (Fixture *fixture)
{
  g_autoptr (GPtrArray) films = list_films (fixture);

  return films->len == 3 &&
         !bijou_sync_service_is_running (bijou_context_get_sync (fixture->context));
}

static BijouBackend *
get_backend (Fixture *fixture)
{
  BijouBackend *backend =
      bijou_context_get_backend (fixture->context, bijou_fake_server_get_id (fixture->server));

  g_assert_nonnull (backend);
  return backend;
}

static void
fetch_picture (Fixture *fixture)
{
  g_autoptr (BijouBackend) backend = get_backend (fixture);
  g_autoptr (GPtrArray) films = list_films (fixture);
  BijouItem *film = g_ptr_array_index (films, 0);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = bijou_backend_fetch_image (backend, film->poster, 160, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (bytes), >, 100);
}

static gboolean
on_head_cb (BijouHttpResponse *response, gpointer user_data)
{
  g_assert_cmpuint (bijou_http_response_get_status (response), ==, 206);
  return TRUE;
}

static gboolean
on_data_cb (const guint8 *data, gsize length, gpointer user_data)
{
  *(gsize *) user_data += length;
  return TRUE;
}

static void
read_range (Fixture *fixture)
{
  static const BijouHttpTransferFuncs funcs = { on_head_cb, on_data_cb, NULL };
  g_autoptr (BijouBackend) backend = get_backend (fixture);
  g_autoptr (GPtrArray) films = list_films (fixture);
  BijouItem *film = g_ptr_array_index (films, 0);
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouDetail) detail =
      bijou_backend_fetch_detail (backend, film->remote_id, NULL, &error);
  BijouPart *part = bijou_detail_find_part (detail, NULL, NULL);
  g_autoptr (BijouHttpRequest) request =
      bijou_backend_make_part_request (backend, film->remote_id, part, "session", NULL, &error);
  g_autoptr (BijouHttpTransfer) transfer = NULL;
  gsize length = 0;

  g_assert_no_error (error);
  bijou_http_request_set_range (request, 1000, 1099);
  transfer = bijou_http_transfer_start (bijou_context_get_http (fixture->context), request, &funcs,
                                        &length);
  bijou_http_transfer_wait (transfer, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (length, ==, 100);
}

static void
check_token (Fixture *fixture)
{
  g_autoptr (BijouBackend) backend = get_backend (fixture);
  g_autoptr (GError) error = NULL;

  bijou_backend_check_token (backend, NULL, &error);
  g_assert_no_error (error);
}

static void
restart (Fixture *fixture, const char *ca_file)
{
  close_context (fixture);
  open_context (fixture, ca_file);
}

/* All of it went through the proxy and with the header, calls over HTTP/2. */
static void
assert_log (Fixture *fixture)
{
  g_autofree char *log = NULL;
  g_auto (GStrv) lines = NULL;
  guint n_http2 = 0;

  nginx_restart (fixture->nginx);
  log = nginx_dup_log (fixture->nginx);
  lines = g_strsplit (log, "\n", -1);
  for (guint i = 0; lines[i] != NULL && *lines[i] != '\0'; i++)
    {
      g_assert_nonnull (strstr (lines[i], "door=open-sesame"));
      g_assert_nonnull (strstr (lines[i], " /media/"));
      n_http2 += g_str_has_prefix (lines[i], "home HTTP/2.0 ") ? 1 : 0;
    }
  g_assert_cmpuint (n_http2, >, 5);
  g_assert_cmpuint (n_http2 + 3, >, g_strv_length (lines) - 2);
}

static void
use_everything (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *server_id = sign_in (fixture, &error);

  g_assert_no_error (error);
  WAIT_FOR (has_films (fixture));
  work_beside (fixture, fetch_picture);
  work_beside (fixture, read_range);
}

/* --- tests --- */

static void
test_authority (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BijouTrust) door = bijou_trust_new (NULL, DOOR);
  g_autoptr (GError) error = NULL;

  restart (fixture, authority_get_file (fixture->authority));
  g_free (identify (fixture, door, &error));
  g_assert_no_error (error);
  use_everything (fixture);
  restart (fixture, authority_get_file (fixture->authority));
  work_beside (fixture, check_token);
  assert_log (fixture);
}

static void
test_pin (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BijouTrust) door = bijou_trust_new (NULL, DOOR);
  g_autoptr (BijouTrust) pinned = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *url = identify (fixture, door, &error);
  g_autofree char *pin = NULL;

  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_TLS);
  g_assert_cmpstr (url, ==, fixture->media);
  g_clear_error (&error);
  pin = look (fixture, url);
  pinned = bijou_trust_with_pins (door, pin);
  g_free (identify (fixture, pinned, &error));
  g_assert_no_error (error);
  use_everything (fixture);
  restart (fixture, NULL);
  work_beside (fixture, check_token);
  assert_log (fixture);
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  g_autofree char *site = nginx_dup_url (fixture->nginx, "other");
  g_autofree char *pin = look (fixture, site);
  g_autoptr (BijouTrust) other = bijou_trust_new (pin, DOOR);
  g_autoptr (BijouTrust) no_door = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *log = NULL;
  g_autofree char *home = NULL;

  g_assert_null (sign_in (fixture, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_TLS);
  g_clear_error (&error);
  g_free (identify (fixture, other, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_TLS);
  g_clear_error (&error);
  nginx_restart (fixture->nginx);
  log = nginx_dup_log (fixture->nginx);
  g_assert_cmpstr (log, ==, ""); /* neither a token nor the header */

  home = look (fixture, fixture->media);
  no_door = bijou_trust_new (home, NULL);
  g_free (identify (fixture, no_door, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_FORBIDDEN);
}

static void
replace_certificate (Fixture *fixture)
{
  authority_issue (fixture->authority, fixture->folder, "home", "127.0.0.1", 2);
  nginx_restart (fixture->nginx);
}

static gboolean
is_untrusted (Fixture *fixture)
{
  g_autoptr (BijouBackend) backend =
      bijou_context_get_backend (fixture->context, bijou_fake_server_get_id (fixture->server));
  g_autoptr (GError) error = NULL;

  if (backend == NULL)
    return FALSE;
  error = bijou_connection_dup_error (bijou_backend_get_connection (backend));
  return g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_TLS);
}

static void
fail_to_connect (Fixture *fixture)
{
  g_autoptr (BijouBackend) backend = get_backend (fixture);
  g_autoptr (GError) error = NULL;

  g_assert_false (bijou_backend_check_token (backend, NULL, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_TLS);
}

/* A server that is known shows another certificate: it is asked about, and a yes holds. */
static void
test_changed (Fixture *fixture, gconstpointer data)
{
  const char *server_id = bijou_fake_server_get_id (fixture->server);
  g_autofree char *before = look (fixture, fixture->media);
  g_autoptr (BijouTrust) trust = bijou_trust_new (before, DOOR);
  g_autoptr (GAsyncResult) made = NULL;
  g_autoptr (GAsyncResult) accepted = NULL;
  g_autoptr (BijouTrustQuestion) question = NULL;
  g_autoptr (GError) error = NULL;

  bijou_context_set_address_trust (fixture->context, fixture->media, trust);
  use_everything (fixture);
  replace_certificate (fixture);
  restart (fixture, NULL);
  work_beside (fixture, fail_to_connect);
  g_assert_true (is_untrusted (fixture));

  bijou_trust_question_make_async (fixture->context, NULL, server_id, NULL, on_done_cb, &made);
  WAIT_FOR (made != NULL);
  question = bijou_trust_question_make_finish (made, &error);
  g_assert_no_error (error);
  g_assert_true (question->changed);
  g_assert_cmpstr (question->url, ==, fixture->media);
  g_assert_cmpstr (question->certificate->pin, !=, before);

  bijou_trust_question_accept_async (fixture->context, server_id, question->certificate->pin,
                                     on_done_cb, &accepted);
  WAIT_FOR (accepted != NULL);
  g_assert_true (bijou_trust_question_accept_finish (accepted, NULL));
  work_beside (fixture, check_token);
  g_clear_object (&made);
  g_clear_object (&accepted);
  restart (fixture, NULL);
  work_beside (fixture, check_token);
}

#define ADD(name, func)                                                                            \
  g_test_add ("/nginx/plex/" name, Fixture, "plex", set_up, func, tear_down);                      \
  g_test_add ("/nginx/jellyfin/" name, Fixture, "jellyfin", set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  if (!nginx_is_there ())
    {
      g_print ("1..0 # SKIP nginx is not installed (build-aux/install-deps --test)\n");
      return 0;
    }

  ADD ("authority", test_authority);
  ADD ("pin", test_pin);
  ADD ("refused", test_refused);
  ADD ("changed", test_changed);

  return g_test_run ();
}
