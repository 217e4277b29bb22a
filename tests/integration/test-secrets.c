#include "config.h"

#include "bijou-error.h"
#include "bijou-secrets.h"
#include "bijou-test-files.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>
#include <sys/stat.h>

/* Where tokens are kept: the file, and gnome-keyring on a bus of its own, unlocked, locked with
 * nobody to ask, and gone while the program runs. */

#define NAME "server/1111"
#define SECRET "a secret with ünïcödé"
#define SERVICE "org.freedesktop.secrets"

typedef struct
{
  char *folder;          /* (owned) */
  char *file;            /* (owned) */
  GSubprocess *daemon;   /* (owned) (nullable) */
  BijouSecrets *secrets; /* (owned) */
} Fixture;

static GDBusConnection *bus;
static char *daemon_path;

/* Nothing is started by being asked for: a keyring that was killed stays away. */
static const char bus_config[] =
    "<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen><policy context='default'>"
    "<allow send_destination='*' eavesdrop='true'/><allow eavesdrop='true'/><allow own='*'/>"
    "</policy></busconfig>";

/* GTestDBus would wait for libsecret to let go of the bus, which it does not. */
static GSubprocess *
start_bus (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("bijou-bus-XXXXXX", NULL);
  g_autofree char *config = g_build_filename (folder, "bus.conf", NULL);
  g_autofree char *option = g_strconcat ("--config-file=", config, NULL);
  gboolean written = g_file_set_contents (config, bus_config, -1, NULL);
  GSubprocess *daemon =
      g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error,
                        "dbus-daemon", option, "--nofork", "--print-address", NULL);
  g_autoptr (GDataInputStream) output = NULL;
  g_autofree char *address = NULL;

  g_assert_true (written);
  g_assert_no_error (error);
  output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (daemon));
  address = g_data_input_stream_read_line (output, NULL, NULL, &error);
  g_assert_no_error (error);
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", address, TRUE);
  bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, &error);
  g_assert_no_error (error);
  g_dbus_connection_set_exit_on_close (bus, FALSE);
  g_remove (config);
  g_rmdir (folder);
  return daemon;
}

/* --- the keyring's daemon --- */

static gboolean
has_owner (void)
{
  g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
      bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameHasOwner",
      g_variant_new ("(s)", SERVICE), G_VARIANT_TYPE ("(b)"), 0, -1, NULL, NULL);
  gboolean owned = FALSE;

  g_assert_nonnull (answer);
  g_variant_get (answer, "(b)", &owned);
  return owned;
}

static void
wait_for_owner (gboolean owned)
{
  while (has_owner () != owned)
    g_main_context_iteration (NULL, FALSE);
}

static void
start_daemon (Fixture *fixture)
{
  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE |
                                 G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autofree char *control = g_build_filename (fixture->folder, "control", NULL);
  g_autofree char *argument = g_strconcat ("--control-directory=", control, NULL);
  g_autoptr (GError) error = NULL;
  GOutputStream *input;

  g_subprocess_launcher_setenv (launcher, "XDG_DATA_HOME", fixture->folder, TRUE);
  g_subprocess_launcher_setenv (launcher, "HOME", fixture->folder, TRUE);
  g_subprocess_launcher_unsetenv (launcher, "DISPLAY");
  fixture->daemon =
      g_subprocess_launcher_spawn (launcher, &error, daemon_path, "--foreground",
                                   "--components=secrets", "--unlock", argument, NULL);
  g_assert_no_error (error);
  input = g_subprocess_get_stdin_pipe (fixture->daemon);
  g_output_stream_write_all (input, "password", strlen ("password"), NULL, NULL, NULL);
  g_output_stream_close (input, NULL, NULL);
  wait_for_owner (TRUE);
}

static void
stop_daemon (Fixture *fixture)
{
  if (fixture->daemon == NULL)
    return;
  g_subprocess_force_exit (fixture->daemon);
  g_subprocess_wait (fixture->daemon, NULL, NULL);
  g_clear_object (&fixture->daemon);
  wait_for_owner (FALSE);
}

static char *
get_collection (void)
{
  g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
      bus, SERVICE, "/org/freedesktop/secrets", "org.freedesktop.Secret.Service", "ReadAlias",
      g_variant_new ("(s)", "default"), G_VARIANT_TYPE ("(o)"), 0, -1, NULL, NULL);
  char *path = NULL;

  g_assert_nonnull (answer);
  g_variant_get (answer, "(o)", &path);
  return path;
}

static void
lock_keyring (void)
{
  g_autofree char *collection = get_collection ();
  const char *paths[] = { collection, NULL };
  g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
      bus, SERVICE, "/org/freedesktop/secrets", "org.freedesktop.Secret.Service", "Lock",
      g_variant_new ("(^ao)", paths), NULL, 0, -1, NULL, NULL);

  g_assert_nonnull (answer);
}

/* --- the fixture --- */

static void
set_up_folder (Fixture *fixture)
{
  fixture->folder = g_dir_make_tmp ("bijou-secrets-XXXXXX", NULL);
  fixture->file = g_build_filename (fixture->folder, "bijou", "secrets.ini", NULL);
}

static void
set_up_file (Fixture *fixture, gconstpointer data)
{
  set_up_folder (fixture);
  fixture->secrets = bijou_secrets_new (fixture->file, TRUE);
}

static void
set_up_keyring (Fixture *fixture, gconstpointer data)
{
  set_up_folder (fixture);
  if (daemon_path == NULL)
    return;
  start_daemon (fixture);
  fixture->secrets = bijou_secrets_new (fixture->file, FALSE);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->secrets);
  stop_daemon (fixture);
  bijou_test_remove_tree (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->file);
}

static gboolean
is_missing (void)
{
  if (daemon_path == NULL)
    g_test_skip ("gnome-keyring-daemon is not installed");
  return daemon_path == NULL;
}

static void
assert_secret (Fixture *fixture, const char *name, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *secret = bijou_secrets_lookup (fixture->secrets, name, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (secret, ==, expected);
}

static void
store (Fixture *fixture, const char *name, const char *secret)
{
  g_autoptr (GError) error = NULL;

  bijou_secrets_store (fixture->secrets, name, secret, &error);
  g_assert_no_error (error);
}

/* --- what holds for both --- */

static void
test_kept (Fixture *fixture, gconstpointer data)
{
  gboolean keyring = data != NULL;

  if (keyring && is_missing ())
    return;
  g_assert_cmpint (bijou_secrets_get_place (fixture->secrets), ==,
                   keyring ? BIJOU_SECRETS_IN_KEYRING : BIJOU_SECRETS_IN_FILE);
  assert_secret (fixture, NAME, NULL);
  store (fixture, NAME, "an older one");
  store (fixture, NAME, SECRET);
  store (fixture, "account/plex/x", "another");
  assert_secret (fixture, NAME, SECRET);
  assert_secret (fixture, "account/plex/x", "another");

  /* For the next start as well. */
  g_object_unref (fixture->secrets);
  fixture->secrets = bijou_secrets_new (fixture->file, !keyring);
  assert_secret (fixture, NAME, SECRET);
  g_assert_true (bijou_secrets_clear (fixture->secrets, NAME, NULL));
  g_assert_true (bijou_secrets_clear (fixture->secrets, NAME, NULL));
  assert_secret (fixture, NAME, NULL);
  assert_secret (fixture, "account/plex/x", "another");
  g_assert_cmpint (g_file_test (fixture->file, G_FILE_TEST_EXISTS), ==, !keyring);
}

static void
test_mode (Fixture *fixture, gconstpointer data)
{
  struct stat info;

  store (fixture, NAME, SECRET);
  g_assert_cmpint (stat (fixture->file, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
}

/* --- what only a keyring does --- */

static void
assert_unreadable (Fixture *fixture, const char *name)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (bijou_secrets_lookup (fixture->secrets, name, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_STORAGE);
}

/* What the file has from a time without a keyring moves. */
static void
test_moved (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BijouSecrets) before = NULL;
  g_autofree char *text = NULL;

  if (is_missing ())
    return;
  before = bijou_secrets_new (fixture->file, TRUE);
  g_assert_true (bijou_secrets_store (before, NAME, "from the file", NULL));
  assert_secret (fixture, NAME, "from the file");
  g_assert_true (g_file_get_contents (fixture->file, &text, NULL, NULL));
  g_assert_null (strstr (text, "from the file"));
  assert_secret (fixture, NAME, "from the file");
}

/* Locked, with nobody who could ask for the password. */
static void
test_locked (Fixture *fixture, gconstpointer data)
{
  if (is_missing ())
    return;
  store (fixture, NAME, SECRET);
  lock_keyring ();

  /* There is one, it only cannot be read: nobody is told that they are signed out. */
  assert_unreadable (fixture, NAME);
  assert_unreadable (fixture, NAME);
  assert_secret (fixture, "server/none", NULL);

  /* What is new is kept for this run and written nowhere else. */
  store (fixture, "server/new", "new");
  assert_secret (fixture, "server/new", "new");
  g_assert_cmpint (bijou_secrets_get_place (fixture->secrets), ==, BIJOU_SECRETS_IN_MEMORY);
  g_assert_true (bijou_secrets_clear (fixture->secrets, NAME, NULL));
  assert_secret (fixture, NAME, NULL);
  g_assert_false (g_file_test (fixture->file, G_FILE_TEST_EXISTS));
}

/* It goes while the program runs, and comes back. */
static void
test_gone (Fixture *fixture, gconstpointer data)
{
  if (is_missing ())
    return;
  store (fixture, NAME, SECRET);
  store (fixture, "server/old", "old");
  stop_daemon (fixture);

  assert_unreadable (fixture, NAME);
  store (fixture, "server/new", "new");
  assert_secret (fixture, "server/new", "new");
  g_assert_true (bijou_secrets_clear (fixture->secrets, "server/old", NULL));
  assert_secret (fixture, "server/old", NULL);
  g_assert_cmpint (bijou_secrets_get_place (fixture->secrets), ==, BIJOU_SECRETS_IN_MEMORY);
  g_assert_false (g_file_test (fixture->file, G_FILE_TEST_EXISTS));

  start_daemon (fixture);
  assert_secret (fixture, NAME, SECRET);
  store (fixture, "server/newer", "newer");
  g_assert_cmpint (bijou_secrets_get_place (fixture->secrets), ==, BIJOU_SECRETS_IN_KEYRING);
  g_object_unref (fixture->secrets);
  fixture->secrets = bijou_secrets_new (fixture->file, FALSE);
  assert_secret (fixture, "server/new", "new");
  assert_secret (fixture, "server/old", NULL);
}

/* Nothing waits for a keyring any more when the program ends. */
static void
test_stopped (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  if (is_missing ())
    return;
  store (fixture, NAME, SECRET);
  bijou_secrets_stop (fixture->secrets);
  g_assert_null (bijou_secrets_lookup (fixture->secrets, NAME, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_CANCELLED);
}

#define ADD(name, data, set_up, func)                                                              \
  g_test_add ("/secrets/" name, Fixture, data, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_autoptr (GSubprocess) own_bus = NULL;
  int status;

  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  own_bus = start_bus ();
  daemon_path = g_find_program_in_path ("gnome-keyring-daemon");

  ADD ("file", NULL, set_up_file, test_kept);
  ADD ("file-mode", NULL, set_up_file, test_mode);
  ADD ("keyring", GINT_TO_POINTER (1), set_up_keyring, test_kept);
  ADD ("moved", GINT_TO_POINTER (1), set_up_keyring, test_moved);
  ADD ("locked", GINT_TO_POINTER (1), set_up_keyring, test_locked);
  ADD ("gone", GINT_TO_POINTER (1), set_up_keyring, test_gone);
  ADD ("stopped", GINT_TO_POINTER (1), set_up_keyring, test_stopped);
  status = g_test_run ();

  g_clear_object (&bus);
  g_free (daemon_path);
  g_subprocess_force_exit (own_bus);
  g_subprocess_wait (own_bus, NULL, NULL);
  return status;
}
