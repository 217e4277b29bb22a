#define _GNU_SOURCE /* nftw() */

#include "config.h"

#include "live.h"

#include <ftw.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define CACHE_BYTES (256 << 20)

/* --- Ctrl+C --- */

static gboolean
on_interrupt_cb (gpointer data)
{
  g_cancellable_cancel (data);
  return G_SOURCE_CONTINUE;
}

static gpointer
wait_in_thread (gpointer data)
{
  g_main_loop_run (data);
  return NULL;
}

static void
watch_signal (GMainContext *context, int number, GCancellable *cancellable)
{
  g_autoptr (GSource) source = g_unix_signal_source_new (number);

  g_source_set_callback (source, on_interrupt_cb, cancellable, NULL);
  g_source_attach (source, context);
}

static GMainLoop *
watch_interrupts (GCancellable *cancellable, GThread **thread)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  GMainLoop *loop = g_main_loop_new (context, FALSE);

  watch_signal (context, SIGINT, cancellable);
  watch_signal (context, SIGTERM, cancellable);
  watch_signal (context, SIGHUP, cancellable);
  *thread = g_thread_new ("interrupts", wait_in_thread, loop);
  return loop;
}

/* --- the password or token --- */

static char *
read_line (void)
{
  g_autofree char *line = NULL;
  size_t size = 0;
  ssize_t length;

  /* getline() uses malloc(), as g_free() does. */
  length = getline (&line, &size, stdin);
  if (length <= 0)
    return NULL;
  g_strchomp (line);
  return g_steal_pointer (&line);
}

static char *
read_secret (gboolean is_password)
{
  struct termios old, quiet;
  char *secret;

  if (tcgetattr (STDIN_FILENO, &old) != 0)
    return read_line ();
  quiet = old;
  quiet.c_lflag &= ~(tcflag_t) ECHO;
  g_printerr ("%s: ", is_password ? "Password" : "Token");
  tcsetattr (STDIN_FILENO, TCSAFLUSH, &quiet);
  secret = read_line ();
  tcsetattr (STDIN_FILENO, TCSAFLUSH, &old);
  g_printerr ("\n");
  return secret;
}

/* --- the walk --- */

static GBytes *
fetch_image (const char *server_id,
             const char *image,
             guint width,
             gpointer user_data,
             GCancellable *cancellable,
             GError **error)
{
  Live *live = user_data;

  return bijou_backend_fetch_image (live->backend, image, width, cancellable, error);
}

static gboolean
set_up (Live *live, GError **error)
{
  g_autofree char *database = NULL;
  g_autofree char *images = NULL;
  g_autofree char *films = NULL;

  live->folder = g_dir_make_tmp ("bijou-live-XXXXXX", error);
  if (live->folder == NULL)
    return FALSE;
  database = g_build_filename (live->folder, "library.db", NULL);
  images = g_build_filename (live->folder, "images", NULL);
  films = g_build_filename (live->folder, "films", NULL);
  live->store = bijou_store_open (database, NULL, error);
  if (live->store == NULL)
    return FALSE;
  live->http = bijou_http_new (NULL);
  live->images = bijou_image_cache_new (images, CACHE_BYTES, fetch_image, live);
  live->films = bijou_media_cache_new (live->http, films, CACHE_BYTES);
  live->secrets = g_ptr_array_new_with_free_func (g_free);
  live->samples = g_ptr_array_new_with_free_func (g_object_unref);
  return TRUE;
}

static void
walk (Live *live, const char *address, const char *user, const char *secret)
{
  typedef void (*Part) (Live * self);
  static const Part parts[] = { live_read_home, live_read_details, live_read_pictures,
                                live_read_media, live_change_state };

  if (!live_identify (live, address))
    return;
  if (live_sign_in (live, user, secret) && live_sync (live))
    for (guint i = 0; i < G_N_ELEMENTS (parts) && !live_is_stopped (live); i++)
      parts[i](live);
  live_sign_out (live);
}

static int
remove_path (const char *path, const struct stat *info, int kind, struct FTW *place)
{
  return g_remove (path);
}

static void
tear_down (Live *live)
{
  bijou_image_cache_stop (live->images);
  bijou_media_cache_flush (live->films);
  g_clear_object (&live->images);
  g_clear_object (&live->films);
  g_clear_object (&live->backend);
  bijou_http_shutdown (live->http);
  g_clear_object (&live->http);
  bijou_store_close (live->store);
  g_clear_object (&live->store);
  nftw (live->folder, remove_path, 8, FTW_DEPTH | FTW_PHYS);
  g_clear_pointer (&live->folder, g_free);
  g_clear_pointer (&live->secrets, g_ptr_array_unref);
  g_clear_pointer (&live->samples, g_ptr_array_unref);
  g_clear_pointer (&live->url, g_free);
  g_clear_pointer (&live->server_id, g_free);
}

static int
run (const char *address, const char *user, const char *secret)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  Live live = { .cancellable = cancellable };
  GThread *thread;
  GMainLoop *loop;
  int status;

  if (!set_up (&live, &error))
    {
      g_printerr ("bijou-live-test: %s\n", error->message);
      return 1;
    }
  loop = watch_interrupts (cancellable, &thread);
  walk (&live, address, user, secret);
  live_sum_up (&live);
  status = live.failures > 0 || live_is_stopped (&live);
  tear_down (&live);
  g_main_loop_quit (loop);
  g_thread_join (thread);
  g_main_loop_unref (loop);
  return status;
}

int
main (int argc, char **argv)
{
  g_autofree char *user = NULL;
  g_autofree char *secret = NULL;
  const GOptionEntry entries[] = {
    { "user", 0, 0, G_OPTION_ARG_STRING, &user, "Sign in with a password, not a token", "NAME" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("URL");
  g_autoptr (GError) error = NULL;

  setlocale (LC_ALL, "");
  g_option_context_set_summary (
      context, "Tries a real server and leaves it as it was. The password, or without --user the "
               "token, comes on standard input.");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    g_printerr ("bijou-live-test: %s\n", error->message);
  else if (argc != 2)
    g_printerr ("bijou-live-test: one URL is needed\n");
  else
    {
      secret = read_secret (user != NULL);
      if (secret != NULL)
        return run (argv[1], user, secret);
      g_printerr ("bijou-live-test: nothing came on standard input\n");
    }
  return 1;
}
