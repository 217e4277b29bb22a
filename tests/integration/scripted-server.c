#include "config.h"

#include "scripted-server.h"

#include <string.h>

typedef struct
{
  char *glob; /* (owned) */
  guint status;
  char *headers; /* (owned) */
  char *body;    /* (owned) */
} Rule;

struct _ScriptedServer
{
  Loopback *loopback; /* (owned) */
  char *url;          /* (owned) */

  struct
  {
    GMutex lock;
    GPtrArray *rules; /* (owned) of Rule */
    GPtrArray *seen;  /* (owned) of char * */
  } shared;
};

static void
rule_free (gpointer data)
{
  Rule *rule = data;

  g_free (rule->glob);
  g_free (rule->headers);
  g_free (rule->body);
  g_free (rule);
}

static char *
make_entry (const LoopbackRequest *request, const char *line)
{
  const char *authorization = g_hash_table_lookup (request->headers, "authorization");

  return g_strconcat (line, "\n", authorization != NULL ? authorization : "", "\n",
                      request->body != NULL ? request->body : "", NULL);
}

/* Rules are only added, so that one that was found stays. */
static const Rule *
find_rule (ScriptedServer *self, const char *line)
{
  static const Rule nothing = { (char *) "*", 404, (char *) "", (char *) "" };
  const Rule *found = &nothing;

  for (guint i = 0; i < self->shared.rules->len; i++)
    {
      const Rule *rule = g_ptr_array_index (self->shared.rules, i);

      if (g_pattern_match_simple (rule->glob, line))
        found = rule;
    }
  return found;
}

static gboolean
on_request_cb (GSocketConnection *connection, const LoopbackRequest *request, gpointer user_data)
{
  ScriptedServer *self = user_data;
  g_autofree char *line = g_strconcat (request->method, " ", request->path, NULL);
  const Rule *rule;

  g_mutex_lock (&self->shared.lock);
  g_ptr_array_add (self->shared.seen, make_entry (request, line));
  rule = find_rule (self, line);
  g_mutex_unlock (&self->shared.lock);

  if (rule->status == HANG)
    loopback_hang (connection);
  else
    loopback_reply (connection, rule->status, rule->headers, rule->body, -1);
  return rule->status != HANG;
}

ScriptedServer *
scripted_server_new (void)
{
  ScriptedServer *self = g_new0 (ScriptedServer, 1);

  g_mutex_init (&self->shared.lock);
  self->shared.rules = g_ptr_array_new_with_free_func (rule_free);
  self->shared.seen = g_ptr_array_new_with_free_func (g_free);
  self->loopback = loopback_new (on_request_cb, self);
  self->url = loopback_dup_url (self->loopback, "");
  return self;
}

void
scripted_server_free (ScriptedServer *self)
{
  loopback_free (self->loopback);
  g_ptr_array_unref (self->shared.rules);
  g_ptr_array_unref (self->shared.seen);
  g_mutex_clear (&self->shared.lock);
  g_free (self->url);
  g_free (self);
}

const char *
scripted_server_get_url (ScriptedServer *self)
{
  return self->url;
}

void
answer (ScriptedServer *self, const char *glob, guint status, const char *headers, const char *body)
{
  Rule *rule = g_new0 (Rule, 1);

  rule->glob = g_strdup (glob);
  rule->status = status;
  rule->headers = g_strdup (headers);
  rule->body = g_strdup (body);
  g_mutex_lock (&self->shared.lock);
  g_ptr_array_add (self->shared.rules, rule);
  g_mutex_unlock (&self->shared.lock);
}

void
answer_json (ScriptedServer *self, const char *glob, const char *body)
{
  answer (self, glob, 200, "Content-Type: application/json; charset=utf-8\r\n", body);
}

guint
count_seen (ScriptedServer *self, const char *glob)
{
  guint count = 0;

  g_mutex_lock (&self->shared.lock);
  for (guint i = 0; i < self->shared.seen->len; i++)
    if (g_pattern_match_simple (glob, g_ptr_array_index (self->shared.seen, i)))
      count++;
  g_mutex_unlock (&self->shared.lock);
  return count;
}

char *
dup_last (ScriptedServer *self, const char *glob)
{
  char *last = NULL;

  g_mutex_lock (&self->shared.lock);
  for (guint i = self->shared.seen->len; last == NULL && i > 0; i--)
    if (g_pattern_match_simple (glob, g_ptr_array_index (self->shared.seen, i - 1)))
      last = g_strdup (g_ptr_array_index (self->shared.seen, i - 1));
  g_mutex_unlock (&self->shared.lock);
  g_assert_nonnull (last);
  return last;
}

guint
count_seen_url (ScriptedServer *self, const char *text)
{
  guint count = 0;

  g_mutex_lock (&self->shared.lock);
  for (guint i = 0; i < self->shared.seen->len; i++)
    {
      const char *entry = g_ptr_array_index (self->shared.seen, i);
      g_autofree char *line = g_strndup (entry, strcspn (entry, "\n"));

      if (strstr (line, text) != NULL)
        count++;
    }
  g_mutex_unlock (&self->shared.lock);
  return count;
}

void
assert_has (const char *text, const char *part)
{
  if (strstr (text, part) == NULL)
    g_error ("no \"%s\" in \"%s\"", part, text);
}

void
assert_has_not (const char *text, const char *part)
{
  if (strstr (text, part) != NULL)
    g_error ("\"%s\" in \"%s\"", part, text);
}
