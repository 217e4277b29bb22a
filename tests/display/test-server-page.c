#include "config.h"

#include "bijou-address-dialog.h"
#include "bijou-address-group.h"
#include "bijou-address-row.h"
#include "bijou-address-text.h"
#include "bijou-fake-server.h"
#include "bijou-headers-row.h"
#include "bijou-server-page.h"
#include "bijou-server-status.h"
#include "bijou-sidebar.h"
#include "bijou-sign-in.h"
#include "bijou-test-authority.h"
#include "bijou-test-files.h"
#include "bijou-test-nginx.h"
#include "bijou-window.h"

#include <glib/gstdio.h>

/* The page of a server, the sidebar and the banners over a fake server that is there, away,
 * starting, or knows nobody; and all that can be done with an address, by its actions. */

#define DEADLINE_MS 20000

typedef struct
{
  char *folder; /* (owned) the profile */
  char *server_id;
  BijouFakeServer *server;
  BijouContext *context;
  AdwApplication *application;
  BijouWindow *window;
} Fixture;

static void
on_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
sign_in (Fixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  bijou_sign_in_password_async (
      fixture->context, bijou_backend_type_find ("jellyfin"),
      bijou_fake_server_get_url (fixture->server), bijou_fake_server_get_user (fixture->server),
      bijou_fake_server_get_password (fixture->server), NULL, on_done_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  fixture->server_id = bijou_sign_in_finish (result, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  BijouFakeOptions fake = BIJOU_FAKE_OPTIONS_INIT;
  BijouContextOptions options = { NULL, NULL };
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("bijou-test-XXXXXX", NULL);
  options.profile = fixture->folder;
  fake.name = "Attic";
  fixture->server = bijou_fake_server_start (BIJOU_FAKE_JELLYFIN, &fake, NULL);
  fixture->application = ADW_APPLICATION (adw_application_new (NULL, G_APPLICATION_NON_UNIQUE));
  g_object_set (fixture->application, "resource-base-path", "/io/github/bijouplayer/Bijou", NULL);
  g_assert_true (g_application_register (G_APPLICATION (fixture->application), NULL, NULL));
  fixture->context = bijou_context_new (&options, &error);
  g_assert_no_error (error);
  sign_in (fixture);
  fixture->window = bijou_window_new (fixture->application, fixture->context);
  gtk_window_present (GTK_WINDOW (fixture->window));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  bijou_context_shutdown (fixture->context);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (fixture->context);
  g_object_unref (fixture->application);
  bijou_fake_server_stop (fixture->server);
  bijou_test_remove_tree (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->server_id);
}

/* --- waiting and finding --- */

typedef gboolean (*Condition) (Fixture *fixture, gconstpointer data);

static gboolean
on_deadline_cb (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

static gboolean
look_again_cb (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static void
wait_for (Fixture *fixture, Condition condition, gconstpointer data)
{
  gboolean late = FALSE;
  guint deadline = g_timeout_add (DEADLINE_MS, on_deadline_cb, &late);
  guint ticks = g_timeout_add (10, look_again_cb, NULL);

  while (!late && !condition (fixture, data))
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (late);
  g_source_remove (deadline);
  g_source_remove (ticks);
}

/* The first mapped widget below @widget, itself included, of @type whose text has @text. */
static gboolean
has_text (GtkWidget *widget, const char *text)
{
  g_autofree char *own = NULL;
  const char *property = GTK_IS_LABEL (widget) || GTK_IS_BUTTON (widget) ? "label" : "title";

  if (text == NULL)
    return TRUE;
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (widget), property) == NULL)
    return FALSE;
  g_object_get (widget, property, &own, NULL);
  return own != NULL && strstr (own, text) != NULL;
}

static GtkWidget *
find (GtkWidget *widget, GType type, const char *text)
{
  if (!gtk_widget_get_mapped (widget))
    return NULL;
  if (g_type_is_a (G_OBJECT_TYPE (widget), type) && has_text (widget, text))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find (child, type, text);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static gboolean
shows (Fixture *fixture, gconstpointer text)
{
  return find (GTK_WIDGET (fixture->window), GTK_TYPE_LABEL, text) != NULL;
}

static gboolean
shows_not (Fixture *fixture, gconstpointer text)
{
  return !shows (fixture, text);
}

static gboolean
is_seen (Fixture *fixture, gconstpointer type_name)
{
  BijouBasePage *page = bijou_window_get_page (fixture->window);

  return page != NULL && g_str_equal (G_OBJECT_TYPE_NAME (page), type_name) &&
         gtk_widget_get_mapped (GTK_WIDGET (page));
}

static void
open_page (Fixture *fixture)
{
  wait_for (fixture, is_seen, "BijouHomePage");
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.open-server", "s",
                                             fixture->server_id));
  wait_for (fixture, is_seen, "BijouServerPage");
  wait_for (fixture, shows, "In use");
}

static BijouConnection *
get_connection (Fixture *fixture)
{
  g_autoptr (BijouBackend) backend =
      bijou_context_get_backend (fixture->context, fixture->server_id);

  return g_object_ref (bijou_backend_get_connection (backend));
}

static void
race (Fixture *fixture)
{
  g_autoptr (BijouConnection) connection = get_connection (fixture);

  bijou_connection_network_changed (connection);
}

static GtkWidget *
find_row (Fixture *fixture, const char *url)
{
  return find (GTK_WIDGET (fixture->window), BIJOU_TYPE_ADDRESS_ROW, url);
}

static void
activate_on (Fixture *fixture, const char *url, const char *action)
{
  GtkWidget *row = find_row (fixture, url);

  g_assert_nonnull (row);
  g_assert_true (gtk_widget_activate_action (row, action, NULL));
}

/* --- tests --- */

static void
test_page (Fixture *fixture, gconstpointer data)
{
  open_page (fixture);
  wait_for (fixture, shows, "Connected over LAN");
  g_assert_true (shows (fixture, "signed in as"));
  wait_for (fixture, shows, "40 films");
  wait_for (fixture, shows, "Answers in ");
  wait_for (fixture, shows, "Complete");
  g_assert_true (shows_not (fixture, "Waiting Changes"));
  wait_for (fixture, shows, "Sync Log");
  wait_for (fixture, shows, "First sync");
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (fixture->window)), ==, "Attic");

  /* A second time it is not put on top of itself. */
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.open-server", "s",
                                             fixture->server_id));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.back", NULL));
  wait_for (fixture, is_seen, "BijouHomePage");
}

static void
test_live (Fixture *fixture, gconstpointer data)
{
  GSettings *settings = bijou_context_get_settings (fixture->context);

  bijou_context_start_services (fixture->context);
  open_page (fixture);
  wait_for (fixture, shows, "Live changes are on.");
  g_settings_set_boolean (settings, "live-updates", FALSE);
  wait_for (fixture, shows_not, "Live changes are on.");
  g_settings_set_boolean (settings, "live-updates", TRUE);
  wait_for (fixture, shows, "Live changes are on.");
}

static GtkWidget *
find_head (Fixture *fixture)
{
  GtkWidget *sidebar = find (GTK_WIDGET (fixture->window), BIJOU_TYPE_SIDEBAR, NULL);
  GtkWidget *name = find (sidebar, GTK_TYPE_LABEL, "Attic");

  return gtk_widget_get_ancestor (name, GTK_TYPE_BUTTON);
}

static void
test_sidebar (Fixture *fixture, gconstpointer data)
{
  GtkWidget *head;

  open_page (fixture);
  head = find_head (fixture);
  wait_for (fixture, shows, "LAN");
  g_assert_true (gtk_widget_get_state_flags (head) & GTK_STATE_FLAG_SELECTED);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.back", NULL));
  wait_for (fixture, is_seen, "BijouHomePage");
  g_assert_false (gtk_widget_get_state_flags (head) & GTK_STATE_FLAG_SELECTED);

  g_signal_emit_by_name (head, "clicked");
  wait_for (fixture, is_seen, "BijouServerPage");
}

/* Offline is said where it matters, does not flicker while the addresses are tried again, and goes
 * when the server is back. */
static void
test_offline (Fixture *fixture, gconstpointer data)
{
  BijouServerStatus status;
  GtkWidget *button;

  open_page (fixture);
  bijou_fake_server_set_refusing (fixture->server, TRUE);
  race (fixture);
  wait_for (fixture, shows, "Offline: showing your saved library");
  wait_for (fixture, shows_not, "In use");
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.back", NULL));
  wait_for (fixture, is_seen, "BijouHomePage");
  wait_for (fixture, shows, "Offline: showing your saved library");

  race (fixture);
  bijou_server_status_read (&status, fixture->context, fixture->server_id);
  g_assert_cmpint (status.mood, ==, BIJOU_SERVER_OFFLINE);

  bijou_fake_server_set_refusing (fixture->server, FALSE);
  wait_for (fixture, shows, "Try Again");
  button = find (GTK_WIDGET (fixture->window), GTK_TYPE_BUTTON, "Try Again");
  g_assert_nonnull (button);
  g_signal_emit_by_name (button, "clicked");
  wait_for (fixture, shows_not, "Offline: showing your saved library");
  wait_for (fixture, shows, "LAN");
}

static void
test_starting (Fixture *fixture, gconstpointer data)
{
  open_page (fixture);
  bijou_fake_server_add_fault (fixture->server, "* starting");
  race (fixture);
  wait_for (fixture, shows, "“Attic” is starting…");
  wait_for (fixture, shows, "Starting");
  bijou_fake_server_clear_faults (fixture->server);
  race (fixture);
  wait_for (fixture, shows_not, "“Attic” is starting…");
}

static void
test_sign_in_again (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BijouConnection) connection = get_connection (fixture);

  open_page (fixture);
  bijou_connection_set_authorised (connection, FALSE);
  wait_for (fixture, shows, "“Attic” does not know you any more");
  wait_for (fixture, shows, "Not signed in any more");
  bijou_connection_set_authorised (connection, TRUE);
  wait_for (fixture, shows_not, "“Attic” does not know you any more");
}

/* --- addresses --- */

static gboolean
has_other_row (Fixture *fixture, gconstpointer data)
{
  return find_row (fixture, "localhost") != NULL;
}

static gboolean
lacks_other_row (Fixture *fixture, gconstpointer data)
{
  return !has_other_row (fixture, data);
}

static GtkWidget *
find_window (GType type)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

      if (g_type_is_a (G_OBJECT_TYPE (window), type))
        return window;
    }
  return NULL;
}

static GtkWidget *
get_dialog (void)
{
  return find_window (BIJOU_TYPE_ADDRESS_DIALOG);
}

static gboolean
has_dialog (Fixture *fixture, gconstpointer data)
{
  return get_dialog () != NULL && gtk_widget_get_mapped (get_dialog ());
}

static gboolean
lacks_dialog (Fixture *fixture, gconstpointer data)
{
  return get_dialog () == NULL;
}

static gboolean
dialog_shows (Fixture *fixture, gconstpointer text)
{
  return find (get_dialog (), GTK_TYPE_LABEL, text) != NULL;
}

static void
type_address (const char *text)
{
  GtkWidget *entry = find (get_dialog (), ADW_TYPE_ENTRY_ROW, NULL);

  gtk_editable_set_text (GTK_EDITABLE (entry), text);
  gtk_widget_activate_default (entry);
}

static void
open_dialog (Fixture *fixture)
{
  GtkWidget *group = find (GTK_WIDGET (fixture->window), BIJOU_TYPE_ADDRESS_GROUP, NULL);
  GtkWidget *button = find (group, GTK_TYPE_BUTTON, NULL);

  while (button != NULL &&
         g_strcmp0 (gtk_button_get_icon_name (GTK_BUTTON (button)), "list-add-symbolic") != 0)
    button = gtk_widget_get_next_sibling (button);
  g_assert_nonnull (button);
  g_signal_emit_by_name (button, "clicked");
  wait_for (fixture, has_dialog, NULL);
}

static void
add_other (Fixture *fixture)
{
  g_autofree char *url =
      g_strdup_printf ("http://localhost:%u", bijou_fake_server_get_port (fixture->server));

  open_dialog (fixture);
  type_address ("ftp://no");
  wait_for (fixture, dialog_shows, "That is not an address.");
  type_address (url);
  wait_for (fixture, lacks_dialog, NULL);
  wait_for (fixture, has_other_row, NULL);
}

static void
test_addresses (Fixture *fixture, gconstpointer data)
{
  open_page (fixture);
  add_other (fixture);

  activate_on (fixture, "localhost", "address.pin");
  wait_for (fixture, shows, "Reachable, pinned by you");
  activate_on (fixture, "localhost", "address.switch-off");
  wait_for (fixture, shows, "Switched off");
  wait_for (fixture, shows_not, "Reachable, pinned by you");
  wait_for (fixture, shows, "In use");
  activate_on (fixture, "localhost", "address.switch-on");
  wait_for (fixture, shows_not, "Switched off");
  activate_on (fixture, "localhost", "address.remove");
  wait_for (fixture, lacks_other_row, NULL);
}

/* --- headers --- */

static gboolean
keeps_headers (Fixture *fixture, gconstpointer headers)
{
  g_autoptr (BijouTrust) trust =
      bijou_context_dup_server_trust (fixture->context, fixture->server_id);

  return g_strcmp0 (bijou_trust_get_headers (trust), headers) == 0;
}

static gboolean
has_headers_row (Fixture *fixture, gconstpointer data)
{
  GtkWidget *row = find (GTK_WIDGET (fixture->window), BIJOU_TYPE_HEADERS_ROW, NULL);

  return row != NULL && gtk_widget_is_sensitive (row);
}

static gboolean
has_headers_entry (Fixture *fixture, gconstpointer data)
{
  return find (find (GTK_WIDGET (fixture->window), BIJOU_TYPE_HEADERS_ROW, NULL), GTK_TYPE_ENTRY,
               NULL) != NULL;
}

static GtkWidget *
expand_headers (Fixture *fixture)
{
  GtkWidget *row;

  wait_for (fixture, has_headers_row, NULL);
  row = find (GTK_WIDGET (fixture->window), BIJOU_TYPE_HEADERS_ROW, NULL);
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (row), TRUE);
  wait_for (fixture, has_headers_entry, NULL);
  return row;
}

/* What a proxy demands is kept a moment after it was typed, and shown again; half a header is not
 * kept. */
static void
test_headers (Fixture *fixture, gconstpointer data)
{
  GtkWidget *row;
  GtkWidget *name;

  open_page (fixture);
  row = expand_headers (fixture);
  name = find (row, GTK_TYPE_ENTRY, NULL);
  gtk_editable_set_text (GTK_EDITABLE (name), "X-Door");
  gtk_editable_set_text (GTK_EDITABLE (find (row, GTK_TYPE_PASSWORD_ENTRY, NULL)), "sesame");
  wait_for (fixture, keeps_headers, "X-Door: sesame");
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.back", NULL));
  wait_for (fixture, is_seen, "BijouHomePage");

  open_page (fixture);
  row = expand_headers (fixture);
  name = find (row, GTK_TYPE_ENTRY, NULL);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (name)), ==, "X-Door");
  gtk_editable_set_text (GTK_EDITABLE (name), "");
  wait_for (fixture, keeps_headers, NULL);
}

/* --- certificates --- */

static gboolean
asks (Fixture *fixture, gconstpointer data)
{
  GtkWidget *dialog = find_window (ADW_TYPE_MESSAGE_DIALOG);

  return dialog != NULL && gtk_widget_get_mapped (dialog);
}

static void
answer (Fixture *fixture, const char *response)
{
  GtkWidget *dialog;

  wait_for (fixture, asks, NULL);
  dialog = find_window (ADW_TYPE_MESSAGE_DIALOG);
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), response);
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static gboolean
has_tls_row (Fixture *fixture, gconstpointer data)
{
  return find_row (fixture, "https://") != NULL;
}

static gboolean
may_add_again (Fixture *fixture, gconstpointer data)
{
  GtkWidget *button = find (get_dialog (), GTK_TYPE_BUTTON, "Add");

  return !asks (fixture, data) && gtk_widget_get_sensitive (button);
}

/* On a machine that is busy a handshake may take longer than an address is given. */
static gboolean
asks_in_time (Fixture *fixture, gconstpointer url)
{
  if (dialog_shows (fixture, "Nothing answers at this address."))
    type_address (url);
  return asks (fixture, NULL);
}

static gboolean
is_added_in_time (Fixture *fixture, gconstpointer url)
{
  if (get_dialog () != NULL && dialog_shows (fixture, "Nothing answers at this address."))
    type_address (url);
  return lacks_dialog (fixture, NULL);
}

/* A proxy with a certificate that nobody vouches for is asked about when its address is added, and
 * again when it shows another one. */
static void
test_certificate (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Nginx) nginx = NULL;
  g_autofree char *folder = NULL;
  g_autofree char *url = NULL;

  if (!nginx_is_there ())
    {
      g_test_skip ("nginx is not installed");
      return;
    }
  folder = g_build_filename (fixture->folder, "nginx", NULL);
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  authority_issue (NULL, folder, "proxy", "127.0.0.1", 2);
  nginx = nginx_new (folder);
  nginx_add_site (nginx, "proxy", "location / { proxy_pass %s; }\n",
                  bijou_fake_server_get_url (fixture->server));
  nginx_start (nginx);
  url = nginx_dup_url (nginx, "proxy");

  open_page (fixture);
  open_dialog (fixture);
  type_address (url);
  wait_for (fixture, asks_in_time, url);
  answer (fixture, "cancel");
  wait_for (fixture, may_add_again, NULL);
  type_address (url);
  wait_for (fixture, asks_in_time, url);
  answer (fixture, "trust");
  wait_for (fixture, is_added_in_time, url);
  wait_for (fixture, has_tls_row, NULL);
  activate_on (fixture, "http://", "address.switch-off");
  wait_for (fixture, shows, "Reachable, the only one");

  authority_issue (NULL, folder, "proxy", "127.0.0.1", 2);
  nginx_restart (nginx);
  race (fixture);
  wait_for (fixture, shows, "The certificate of “Attic” has changed");
  g_signal_emit_by_name (find (GTK_WIDGET (fixture->window), GTK_TYPE_BUTTON, "View Certificate…"),
                         "clicked");
  answer (fixture, "trust");
  wait_for (fixture, shows_not, "The certificate of “Attic” has changed");
  wait_for (fixture, shows, "In use");
}

/* --- words --- */

static void
assert_words (BijouAddressView *view, const char *expected)
{
  g_autofree char *text = bijou_address_text_describe (view);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_words (void)
{
  g_autoptr (BijouAddress) address =
      bijou_address_new ("https://films.example", BIJOU_ADDRESS_FROM_ACCOUNT);
  g_autoptr (GError) tls = g_error_new_literal (BIJOU_ERROR, BIJOU_ERROR_TLS, "no");
  g_autoptr (GError) wrong = g_error_new_literal (BIJOU_ERROR, BIJOU_ERROR_WRONG_SERVER, "no");
  g_autoptr (GError) silent = g_error_new_literal (BIJOU_ERROR, BIJOU_ERROR_TIMEOUT, "no");
  BijouAddressView view = { .address = address, .tested_ms = -1, .now = 1000000 };

  assert_words (&view, "Not tried yet");
  address->last_success = view.now - 5;
  assert_words (&view, "Reachable");
  address->last_success = view.now - 3 * 24 * 3600;
  assert_words (&view, "Answered 3 days ago");
  address->failures = 1;
  assert_words (&view, "No answer for 3 days");
  address->last_success = view.now - 180;
  assert_words (&view, "No answer for 3 min");
  address->failures = 0;
  view.problem = silent;
  assert_words (&view, "No answer for 3 min");
  view.problem = tls;
  assert_words (&view, "Certificate not trusted");
  view.problem = wrong;
  assert_words (&view, "Another server answers here");
  view.problem = NULL;
  address->address_class = BIJOU_ADDRESS_RELAY;
  assert_words (&view, "Held back, limited to 2 Mbps");
  view.testing = TRUE;
  assert_words (&view, "Testing…");
  address->disabled = TRUE;
  assert_words (&view, "Switched off");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();

  g_test_add_func ("/server-page/words", test_words);
  g_test_add ("/server-page/page", Fixture, NULL, set_up, test_page, tear_down);
  g_test_add ("/server-page/live", Fixture, NULL, set_up, test_live, tear_down);
  g_test_add ("/server-page/sidebar", Fixture, NULL, set_up, test_sidebar, tear_down);
  g_test_add ("/server-page/offline", Fixture, NULL, set_up, test_offline, tear_down);
  g_test_add ("/server-page/starting", Fixture, NULL, set_up, test_starting, tear_down);
  g_test_add ("/server-page/sign-in-again", Fixture, NULL, set_up, test_sign_in_again, tear_down);
  g_test_add ("/server-page/addresses", Fixture, NULL, set_up, test_addresses, tear_down);
  g_test_add ("/server-page/headers", Fixture, NULL, set_up, test_headers, tear_down);
  g_test_add ("/server-page/certificate", Fixture, NULL, set_up, test_certificate, tear_down);
  return g_test_run ();
}
