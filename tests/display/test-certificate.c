#include "config.h"

#include "bijou-certificate-dialog.h"
#include "bijou-headers-row.h"
#include "bijou-test-authority.h"
#include "bijou-test-files.h"
#include "bijou-test-nginx.h"
#include "bijou-trust.h"

/* What is asked about trust: the certificate that nobody vouches for, the headers of a proxy. */

#define DEADLINE_S 20

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

/* --- headers --- */

static GtkWidget *
find_widget (GtkWidget *root, GType type, guint *skip)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (root, type) && (*skip)-- == 0)
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_widget (child, type, skip);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static void
type_header (BijouHeadersRow *row, guint index, const char *name, const char *value)
{
  guint n_name = index;
  guint n_value = index;
  GtkWidget *names = find_widget (GTK_WIDGET (row), GTK_TYPE_ENTRY, &n_name);
  GtkWidget *values = find_widget (GTK_WIDGET (row), GTK_TYPE_PASSWORD_ENTRY, &n_value);

  g_assert_nonnull (names);
  g_assert_nonnull (values);
  gtk_editable_set_text (GTK_EDITABLE (names), name);
  gtk_editable_set_text (GTK_EDITABLE (values), value);
}

static void
assert_headers (BijouHeadersRow *row, const char *expected)
{
  g_autofree char *headers = bijou_headers_row_dup_headers (row);

  g_assert_cmpstr (headers, ==, expected);
}

static void
add_header (BijouHeadersRow *row)
{
  g_autoptr (GPtrArray) buttons = g_ptr_array_new ();
  GtkWidget *button;

  for (guint i = 0; TRUE; i++)
    {
      guint skip = i;

      button = find_widget (GTK_WIDGET (row), GTK_TYPE_BUTTON, &skip);
      if (button == NULL)
        break;
      g_ptr_array_add (buttons, button);
    }
  g_signal_emit_by_name (buttons->pdata[buttons->len - 1], "clicked"); /* the last one adds */
}

static void
test_headers (void)
{
  GtkWidget *window = gtk_window_new ();
  BijouHeadersRow *row = g_object_new (BIJOU_TYPE_HEADERS_ROW, NULL);

  gtk_window_set_child (GTK_WINDOW (window), GTK_WIDGET (row));
  assert_headers (row, NULL);
  g_assert_true (bijou_headers_row_check (row));

  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (row), TRUE);
  g_assert_true (bijou_headers_row_check (row)); /* nothing is written yet */
  type_header (row, 0, "X-Door", "");
  g_assert_false (bijou_headers_row_check (row));
  type_header (row, 0, "Host", "nas");
  g_assert_false (bijou_headers_row_check (row));
  assert_headers (row, NULL);
  type_header (row, 0, "X-Door", "open");
  g_assert_true (bijou_headers_row_check (row));
  assert_headers (row, "X-Door: open");

  add_header (row);
  type_header (row, 1, "Cookie", "a=b");
  assert_headers (row, "X-Door: open\nCookie: a=b");
  gtk_window_destroy (GTK_WINDOW (window));
}

/* --- certificates --- */

typedef struct
{
  char *folder; /* (owned) */
  Nginx *nginx;
  char *url; /* (owned) */
  BijouContext *context;
  GtkWidget *window;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  BijouContextOptions options = { 0 };
  g_autofree char *profile = NULL;
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("bijou-certificate-XXXXXX", NULL);
  authority_issue (NULL, fixture->folder, "nas", "nas.example", 2);
  fixture->nginx = nginx_new (fixture->folder);
  nginx_add_site (fixture->nginx, "nas", "location / { return 404; }\n");
  nginx_start (fixture->nginx);
  fixture->url = nginx_dup_url (fixture->nginx, "nas");
  profile = g_build_filename (fixture->folder, "profile", NULL);
  options.profile = profile;
  fixture->context = bijou_context_new (&options, &error);
  g_assert_no_error (error);
  fixture->window = gtk_window_new ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  bijou_context_shutdown (fixture->context);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (fixture->context);
  nginx_free (fixture->nginx);
  bijou_test_remove_tree (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->url);
}

static AdwMessageDialog *
find_dialog (void)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

      if (ADW_IS_MESSAGE_DIALOG (window))
        return ADW_MESSAGE_DIALOG (window);
    }
  return NULL;
}

static void
on_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/* What the dialog shows and what comes of @response. */
static char *
ask (Fixture *fixture, const char *response, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  AdwMessageDialog *dialog;

  bijou_certificate_dialog_ask_async (fixture->window, fixture->context, fixture->url, NULL,
                                      on_done_cb, &result);
  WAIT_FOR ((dialog = find_dialog ()) != NULL);
  g_assert_cmpstr (adw_message_dialog_get_default_response (dialog), ==, "cancel");
  g_assert_cmpstr (adw_message_dialog_get_close_response (dialog), ==, "cancel");
  g_assert_nonnull (strstr (adw_message_dialog_get_body (dialog), "127.0.0.1"));
  adw_message_dialog_response (dialog, response);
  gtk_window_destroy (GTK_WINDOW (dialog)); /* a click would have closed it */
  WAIT_FOR (result != NULL);
  return bijou_certificate_dialog_ask_finish (result, error);
}

static void
test_no (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (ask (fixture, "cancel", &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_CANCELLED);
}

static void
test_yes (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *pin = ask (fixture, "trust", &error);

  g_assert_no_error (error);
  g_assert_true (bijou_trust_check_pins (pin));
}

/* Nobody is asked about what is not there. */
static void
test_nobody (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  nginx_free (fixture->nginx);
  fixture->nginx = nginx_new (fixture->folder);
  bijou_certificate_dialog_ask_async (fixture->window, fixture->context, fixture->url, NULL,
                                      on_done_cb, &result);
  WAIT_FOR (result != NULL);
  g_assert_null (bijou_certificate_dialog_ask_finish (result, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_OFFLINE);
  g_assert_null (find_dialog ());
}

int
main (int argc, char *argv[])
{
  adw_init ();
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/certificate/headers", test_headers);
  if (nginx_is_there ())
    {
      g_test_add ("/certificate/no", Fixture, NULL, set_up, test_no, tear_down);
      g_test_add ("/certificate/yes", Fixture, NULL, set_up, test_yes, tear_down);
      g_test_add ("/certificate/nobody", Fixture, NULL, set_up, test_nobody, tear_down);
    }

  return g_test_run ();
}
