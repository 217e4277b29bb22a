#include "config.h"

#include "bijou-fake-server-private.h"

/* What other threads may call: all but the getters go through the server's own. */

const char *
bijou_fake_server_get_url (BijouFakeServer *self)
{
  return self->url;
}

guint
bijou_fake_server_get_port (BijouFakeServer *self)
{
  return self->options.port;
}

const char *
bijou_fake_server_get_name (BijouFakeServer *self)
{
  return self->options.name != NULL ? self->options.name : self->protocol->name;
}

const char *
bijou_fake_server_get_id (BijouFakeServer *self)
{
  return self->id;
}

const char *
bijou_fake_server_get_user (BijouFakeServer *self)
{
  return self->user;
}

const char *
bijou_fake_server_get_password (BijouFakeServer *self)
{
  return self->password;
}

char *
bijou_fake_server_dup_token (BijouFakeServer *self, guint user)
{
  char *token;

  g_mutex_lock (&self->lock);
  token = g_strdup (self->tokens[user]);
  g_mutex_unlock (&self->lock);
  return token;
}

static void
list_plex_in_thread (gpointer plex, gpointer server)
{
  g_ptr_array_add (((BijouFakeServer *) server)->plex_servers, plex);
}

void
bijou_fake_server_list_plex (BijouFakeServer *plextv, BijouFakeServer *plex)
{
  fake_server_call (plextv, list_plex_in_thread, plex);
}

static void
add_fault_in_thread (gpointer data, gpointer server)
{
  g_autoptr (GError) error = NULL;
  char **spec = data;
  guint id = fake_server_add_fault (server, *spec, &error);

  if (id == 0)
    g_error ("%s", error->message);
  g_free (*spec);
  *spec = GUINT_TO_POINTER (id);
}

guint
bijou_fake_server_add_fault (BijouFakeServer *self, const char *format, ...)
{
  va_list args;
  char *spec;

  va_start (args, format);
  spec = g_strdup_vprintf (format, args);
  va_end (args);
  fake_server_call (self, add_fault_in_thread, &spec);
  return GPOINTER_TO_UINT (spec);
}

static void
clear_faults_in_thread (gpointer data, gpointer server)
{
  fake_server_clear_fault (server, 0);
}

void
bijou_fake_server_clear_faults (BijouFakeServer *self)
{
  fake_server_call (self, clear_faults_in_thread, NULL);
}

static void
set_refusing_in_thread (gpointer data, gpointer server)
{
  fake_server_set_refusing_in_thread (server, GPOINTER_TO_INT (data));
}

void
bijou_fake_server_set_refusing (BijouFakeServer *self, gboolean refusing)
{
  fake_server_call (self, set_refusing_in_thread, GINT_TO_POINTER (refusing));
}

static void
dup_log_in_thread (gpointer data, gpointer server)
{
  *(GPtrArray **) data = bijou_fake_log_dup_entries (((BijouFakeServer *) server)->log);
}

GPtrArray *
bijou_fake_server_dup_log (BijouFakeServer *self)
{
  GPtrArray *entries = NULL;

  fake_server_call (self, dup_log_in_thread, &entries);
  return entries;
}

static void
reset_log_in_thread (gpointer data, gpointer server)
{
  bijou_fake_log_reset (((BijouFakeServer *) server)->log);
}

void
bijou_fake_server_reset_log (BijouFakeServer *self)
{
  fake_server_call (self, reset_log_in_thread, NULL);
}

guint
bijou_fake_server_count (BijouFakeServer *self, const char *glob)
{
  g_autoptr (GPtrArray) entries = bijou_fake_server_dup_log (self);
  guint count = 0;

  for (guint i = 0; i < entries->len; i++)
    {
      BijouFakeLogEntry *entry = g_ptr_array_index (entries, i);
      g_autofree char *line = g_strconcat (entry->method, " ", entry->path,
                                           *entry->query != '\0' ? "?" : "", entry->query, NULL);

      count += g_pattern_match_simple (glob, line);
    }
  return count;
}

typedef struct
{
  char *orders;
  char *reply;
} Orders;

static void
control_in_thread (gpointer data, gpointer server)
{
  Orders *orders = data;

  orders->reply = fake_control_run (server, orders->orders);
}

char *
bijou_fake_server_control (BijouFakeServer *self, const char *format, ...)
{
  Orders orders = { 0 };
  va_list args;

  va_start (args, format);
  orders.orders = g_strdup_vprintf (format, args);
  va_end (args);
  fake_server_call (self, control_in_thread, &orders);
  g_free (orders.orders);
  return orders.reply;
}
