#define _GNU_SOURCE /* nftw() */

#include "config.h"

#include "bijou-account-row.h"
#include "bijou-accounts.h"
#include "bijou-fake-server.h"
#include "bijou-user-chooser.h"
#include "bijou-welcome-page.h"

#include <ftw.h>
#include <glib/gstdio.h>

/* The row of an account in Preferences, and the question who is watching. */

#define DEADLINE_MS 20000
#define OWN "1111111111111111111111111111111111111111"

typedef struct
{
  char *folder;          /* (owned) the profile */
  BijouContext *context; /* (owned) */
  BijouFakeServer *own;
  BijouFakeServer *plextv;
  BijouAccountVisit *visit; /* (owned) */
  GtkWindow *window;        /* (unowned) GTK keeps it until it is destroyed */
  guint n_people;
  gboolean loaded;
  gboolean chosen;
} Fixture;

static int
remove_path (const char *path, const struct stat *info, int kind, struct FTW *walk)
{
  return g_remove (path);
}

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
  guint source = g_timeout_add (DEADLINE_MS, on_deadline_cb, &late);
  guint ticks = g_timeout_add (10, look_again_cb, NULL);

  while (!late && !condition (fixture, data))
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (late);
  g_source_remove (source);
  g_source_remove (ticks);
}

static void
sign_in (Fixture *fixture)
{
  const BijouBackendType *type = bijou_backend_type_find ("plex");
  g_autofree char *token = bijou_fake_server_dup_token (fixture->plextv, 0);
  g_autoptr (GPtrArray) servers = NULL;
  g_autoptr (GError) error = NULL;
  BijouClientInfo client;

  bijou_accounts_get_client (fixture->context, type, NULL, &client);
  fixture->visit =
      bijou_account_visit_new (fixture->context, type, client.client_id, token, NULL, &error);
  g_assert_no_error (error);
  servers = bijou_account_visit_list_servers (fixture->visit, NULL, NULL);
  bijou_account_visit_keep (fixture->visit, servers, NULL, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  BijouFakeOptions options = { .name = "Own", .id = OWN, .movies = 2 };
  BijouContextOptions context_options = { 0 };

  fixture->own = bijou_fake_server_start (BIJOU_FAKE_PLEX, &options, NULL);
  fixture->plextv = bijou_fake_server_start (BIJOU_FAKE_PLEXTV, &options, NULL);
  bijou_fake_server_list_plex (fixture->plextv, fixture->own);
  g_setenv ("BIJOU_PLEX_TV", bijou_fake_server_get_url (fixture->plextv), TRUE);
  fixture->folder = g_dir_make_tmp ("bijou-account-XXXXXX", NULL);
  context_options.profile = fixture->folder;
  fixture->context = bijou_context_new (&context_options, NULL);
  sign_in (fixture);
  fixture->window = GTK_WINDOW (gtk_window_new ());
}

static gboolean
is_gone (Fixture *fixture, gconstpointer data)
{
  return fixture->context == NULL;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gtk_window_destroy (fixture->window);
  bijou_account_visit_unref (fixture->visit);
  bijou_context_shutdown (fixture->context);
  g_object_add_weak_pointer (G_OBJECT (fixture->context), (gpointer *) &fixture->context);
  g_object_unref (fixture->context);
  wait_for (fixture, is_gone, NULL);
  bijou_fake_server_stop (fixture->plextv);
  bijou_fake_server_stop (fixture->own);
  nftw (fixture->folder, remove_path, 8, FTW_DEPTH | FTW_PHYS);
  g_free (fixture->folder);
}

/* The first widget below @widget, itself included, of @type and (where given) with @property of
 * @value. */
static GtkWidget *
find_widget (GtkWidget *widget, GType type, const char *property, const char *value)
{
  if (g_type_is_a (G_OBJECT_TYPE (widget), type))
    {
      g_autofree char *own = NULL;

      if (property == NULL)
        return widget;
      g_object_get (widget, property, &own, NULL);
      if (g_strcmp0 (own, value) == 0)
        return widget;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_widget (child, type, property, value);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static GtkWidget *
find_titled (Fixture *fixture, const char *title)
{
  return find_widget (GTK_WIDGET (fixture->window), ADW_TYPE_ACTION_ROW, "title", title);
}

/* --- the row --- */

static void
update_row (Fixture *fixture, BijouAccountRow *row)
{
  BijouStore *store = bijou_context_get_store (fixture->context);
  g_autoptr (GPtrArray) servers = bijou_store_list_servers (store, NULL);
  g_autoptr (GPtrArray) accounts = bijou_store_list_accounts (store, NULL);

  bijou_account_row_update (row, g_ptr_array_index (accounts, 0), servers);
}

static gboolean
may_switch_user (Fixture *fixture, gconstpointer data)
{
  GtkWidget *button =
      find_widget (GTK_WIDGET (fixture->window), GTK_TYPE_BUTTON, "label", "Switch _User…");

  return button != NULL && gtk_widget_get_visible (button) && gtk_widget_is_sensitive (button);
}

static gboolean
knows_own (Fixture *fixture, gconstpointer wanted)
{
  g_autoptr (GPtrArray) servers =
      bijou_store_list_servers (bijou_context_get_store (fixture->context), NULL);
  gboolean known = FALSE;

  for (guint i = 0; i < servers->len; i++)
    known = known || g_str_equal (((BijouServer *) servers->pdata[i])->id, OWN);
  return known == (wanted != NULL);
}

static void
test_row (Fixture *fixture, gconstpointer data)
{
  BijouStore *store = bijou_context_get_store (fixture->context);
  g_autoptr (GPtrArray) accounts = bijou_store_list_accounts (store, NULL);
  BijouAccountRow *row = bijou_account_row_new (fixture->context, g_ptr_array_index (accounts, 0));
  GtkWidget *list = gtk_list_box_new ();
  GtkWidget *active;

  gtk_list_box_append (GTK_LIST_BOX (list), GTK_WIDGET (row));
  gtk_window_set_child (fixture->window, list);
  gtk_window_present (fixture->window);
  update_row (fixture, row);
  g_assert_nonnull (find_titled (fixture, "Own"));
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (row), TRUE);
  wait_for (fixture, may_switch_user, NULL);

  active = find_widget (find_titled (fixture, "Own"), GTK_TYPE_SWITCH, NULL, NULL);
  g_assert_true (gtk_switch_get_active (GTK_SWITCH (active)));
  gtk_switch_set_active (GTK_SWITCH (active), FALSE);
  wait_for (fixture, knows_own, NULL);
  wait_for (fixture, may_switch_user, NULL); /* it is not busy any more */
  update_row (fixture, row);

  /* It can be switched on again, as the account lists it. */
  active = find_widget (find_titled (fixture, "Own"), GTK_TYPE_SWITCH, NULL, NULL);
  g_assert_false (gtk_switch_get_active (GTK_SWITCH (active)));
  gtk_switch_set_active (GTK_SWITCH (active), TRUE);
  wait_for (fixture, knows_own, "");
  wait_for (fixture, may_switch_user, NULL);
}

/* --- who is watching --- */

static void
on_loaded_cb (BijouUserChooser *chooser, guint n_people, Fixture *fixture)
{
  fixture->n_people = n_people;
  fixture->loaded = TRUE;
}

static void
on_chosen_cb (BijouUserChooser *chooser, Fixture *fixture)
{
  fixture->chosen = TRUE;
}

static gboolean
is_loaded (Fixture *fixture, gconstpointer data)
{
  return fixture->loaded;
}

static gboolean
is_chosen (Fixture *fixture, gconstpointer data)
{
  return fixture->chosen;
}

static gboolean
shows_problem (Fixture *fixture, gconstpointer data)
{
  GtkWidget *problem =
      find_widget (GTK_WIDGET (fixture->window), GTK_TYPE_LABEL, "label", "The PIN is not right.");

  return problem != NULL && gtk_widget_get_visible (problem);
}

static void
test_chooser (Fixture *fixture, gconstpointer data)
{
  BijouUserChooser *chooser = g_object_new (BIJOU_TYPE_USER_CHOOSER, NULL);
  GtkWidget *pin, *row;

  g_signal_connect (chooser, "loaded", G_CALLBACK (on_loaded_cb), fixture);
  g_signal_connect (chooser, "chosen", G_CALLBACK (on_chosen_cb), fixture);
  gtk_window_set_child (fixture->window, GTK_WIDGET (chooser));
  gtk_window_present (fixture->window);
  bijou_user_chooser_begin (chooser, fixture->context, fixture->visit, TRUE);
  wait_for (fixture, is_loaded, NULL);
  g_assert_cmpuint (fixture->n_people, ==, 3);

  row = find_titled (fixture, "Guest Room");
  g_signal_emit_by_name (gtk_widget_get_parent (row), "row-activated", row);
  pin = find_widget (GTK_WIDGET (chooser), ADW_TYPE_PASSWORD_ENTRY_ROW, NULL, NULL);
  gtk_editable_set_text (GTK_EDITABLE (pin), "9999");
  g_signal_emit_by_name (pin, "entry-activated");
  wait_for (fixture, shows_problem, NULL);
  g_assert_false (fixture->chosen);

  gtk_editable_set_text (GTK_EDITABLE (pin), "1234");
  g_signal_emit_by_name (pin, "entry-activated");
  wait_for (fixture, is_chosen, NULL);
  g_assert_cmpstr (bijou_account_visit_get_user_name (fixture->visit), ==, "Guest Room");
  g_assert_true (bijou_account_visit_is_switch (fixture->visit));
}

/* --- signing in again --- */

static gboolean
has_name (Fixture *fixture, gconstpointer name)
{
  GtkWidget *row = find_widget (GTK_WIDGET (fixture->window), ADW_TYPE_ENTRY_ROW, "title", "Name");

  return row != NULL && g_strcmp0 (gtk_editable_get_text (GTK_EDITABLE (row)), name) == 0;
}

static gboolean
has_code (Fixture *fixture, gconstpointer data)
{
  return bijou_fake_server_count (fixture->plextv, "POST /api/v2/pins*") > 0;
}

/* Each server gets the step that it needs, with what is known filled in. */
static void
test_sign_in_again (Fixture *fixture, gconstpointer data)
{
  BijouStore *store = bijou_context_get_store (fixture->context);
  BijouWelcomePage *page = bijou_welcome_page_new (fixture->context, TRUE);
  g_autoptr (BijouServer) server = bijou_server_new ("jellyfin", "attic", "Attic");
  g_autoptr (BijouServer) plex = bijou_server_new ("plex", OWN, "Own");

  server->user_name = g_strdup ("Ada");
  g_ptr_array_add (server->addresses,
                   bijou_address_new ("http://127.0.0.1:9", BIJOU_ADDRESS_FROM_USER));
  bijou_store_save_server (store, server, NULL);
  gtk_window_set_child (fixture->window, GTK_WIDGET (page));
  gtk_window_present (fixture->window);
  bijou_welcome_page_sign_in_again (page, server);
  wait_for (fixture, has_name, "Ada");

  plex->account_id = g_strdup (bijou_account_visit_get_account_id (fixture->visit));
  bijou_welcome_page_sign_in_again (page, plex);
  wait_for (fixture, has_code, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();

  g_test_add ("/account-widgets/row", Fixture, NULL, set_up, test_row, tear_down);
  g_test_add ("/account-widgets/chooser", Fixture, NULL, set_up, test_chooser, tear_down);
  g_test_add ("/account-widgets/sign-in-again", Fixture, NULL, set_up, test_sign_in_again,
              tear_down);
  return g_test_run ();
}
