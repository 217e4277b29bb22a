#include "config.h"

#include "bijou-fake-log.h"

#include "bijou-fake-writer.h"

#include <stdio.h>
#include <string.h>

struct _BijouFakeLog
{
  char *server;       /* (owned) */
  FILE *file;         /* (owned) (nullable) */
  GPtrArray *entries; /* (owned) of BijouFakeLogEntry (referenced) */
  gint64 start;
  guint seq;
};

static const char *const secrets[] = { "x-plex-token", "apikey", "api_key",  "token", "secret",
                                       "pin",          "code",   "password", "login" };

static gboolean
is_secret (const char *pair)
{
  for (guint i = 0; i < G_N_ELEMENTS (secrets); i++)
    {
      gsize length = strlen (secrets[i]);

      if (g_ascii_strncasecmp (pair, secrets[i], length) == 0 && pair[length] == '=')
        return TRUE;
    }
  return FALSE;
}

char *
bijou_fake_mask_query (const char *query)
{
  g_auto (GStrv) pairs = g_strsplit (query != NULL ? query : "", "&", -1);

  for (guint i = 0; pairs[i] != NULL; i++)
    if (is_secret (pairs[i]))
      {
        char *masked = g_strdup_printf ("%.*s=***", (int) strcspn (pairs[i], "="), pairs[i]);

        g_free (pairs[i]);
        pairs[i] = masked;
      }
  return g_strjoinv ("&", pairs);
}

static void
clear_entry (gpointer data)
{
  BijouFakeLogEntry *entry = data;

  g_free (entry->method);
  g_free (entry->path);
  g_free (entry->query);
  g_free (entry->range);
  g_free (entry->body);
}

void
bijou_fake_log_entry_free (BijouFakeLogEntry *entry)
{
  g_rc_box_release_full (entry, clear_entry);
}

BijouFakeLog *
bijou_fake_log_new (const char *server, const char *file)
{
  BijouFakeLog *self = g_new0 (BijouFakeLog, 1);

  self->server = g_strdup (server);
  self->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_fake_log_entry_free);
  self->start = g_get_monotonic_time ();
  self->file = file != NULL ? fopen (file, "a") : NULL;
  return self;
}

void
bijou_fake_log_free (BijouFakeLog *self)
{
  if (self->file != NULL)
    fclose (self->file);
  g_ptr_array_unref (self->entries);
  g_free (self->server);
  g_free (self);
}

BijouFakeLogEntry *
bijou_fake_log_add (BijouFakeLog *self, const char *method, const char *path, const char *query)
{
  BijouFakeLogEntry *entry = g_rc_box_new0 (BijouFakeLogEntry);

  entry->seq = self->seq++;
  entry->time = (g_get_monotonic_time () - self->start) / 1e6;
  entry->took = -1;
  entry->method = g_strdup (method);
  entry->path = g_strdup (path);
  entry->query = bijou_fake_mask_query (query);
  g_ptr_array_add (self->entries, entry);
  return g_rc_box_acquire (entry);
}

static void
append_entry (BijouFakeLog *self, BijouFakeLogEntry *entry, GString *out)
{
  static const char *const tokens[] = { "none", "good", "bad" };
  g_autoptr (FakeWriter) w = fake_writer_new (FAKE_WRITER_JSON);
  g_autoptr (GString) text = NULL;
  g_autofree char *body = entry->body != NULL ? g_utf8_make_valid (entry->body, -1) : NULL;

  fake_object (w, NULL, NULL);
  fake_str (w, "server", self->server);
  fake_int (w, "seq", entry->seq);
  fake_real (w, "time", entry->time);
  fake_real (w, "took", entry->took);
  fake_str (w, "method", entry->method);
  fake_str (w, "path", entry->path);
  fake_str (w, "query", entry->query);
  fake_str (w, "token", tokens[entry->token]);
  fake_int (w, "status", entry->status);
  fake_int (w, "bytes", entry->bytes);
  fake_opt_str (w, "range", entry->range);
  fake_opt_str (w, "body", body);
  fake_end (w);
  text = fake_writer_finish (w);
  g_string_append_len (out, text->str, text->len);
  g_string_append_c (out, '\n');
}

void
bijou_fake_log_finish (BijouFakeLog *self, BijouFakeLogEntry *entry)
{
  g_autoptr (GString) line = g_string_new (NULL);

  entry->took = (g_get_monotonic_time () - self->start) / 1e6 - entry->time;
  if (self->file == NULL)
    return;
  append_entry (self, entry, line);
  fputs (line->str, self->file);
  fflush (self->file);
}

void
bijou_fake_log_reset (BijouFakeLog *self)
{
  g_ptr_array_set_size (self->entries, 0);
}

GPtrArray *
bijou_fake_log_dup_entries (BijouFakeLog *self)
{
  GPtrArray *copies = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_fake_log_entry_free);

  for (guint i = 0; i < self->entries->len; i++)
    {
      BijouFakeLogEntry *entry = g_ptr_array_index (self->entries, i);
      BijouFakeLogEntry *copy = g_rc_box_dup (sizeof *entry, entry);

      copy->method = g_strdup (entry->method);
      copy->path = g_strdup (entry->path);
      copy->query = g_strdup (entry->query);
      copy->range = g_strdup (entry->range);
      copy->body = g_strdup (entry->body);
      g_ptr_array_add (copies, copy);
    }
  return copies;
}

char *
bijou_fake_log_dup_lines (BijouFakeLog *self)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < self->entries->len; i++)
    append_entry (self, g_ptr_array_index (self->entries, i), out);
  return g_string_free (out, FALSE);
}
