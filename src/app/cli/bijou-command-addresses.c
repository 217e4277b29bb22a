#include "config.h"

#include "bijou-command.h"

#include "bijou-redact.h"
#include "bijou-server-addresses.h"

#include <string.h>

/* What matters stands where a narrow terminal still shows it. */
static const char *const probe_columns[] = { "server", "state",  "ms",  "class", "source",
                                             "in_use", "pinned", "url", "error", NULL };

/* --- testing --- */

/* One server whose addresses are tested on a thread of its own. */
typedef struct
{
  BijouServer *server;         /* (owned) */
  BijouConnection *connection; /* (owned) */
  GPtrArray *results;          /* (owned) (nullable) of BijouProbeResult */
  GThread *thread;
} Probe;

static void
probe_free (gpointer data)
{
  Probe *probe = data;

  g_clear_pointer (&probe->results, g_ptr_array_unref);
  g_object_unref (probe->connection);
  g_object_unref (probe->server);
  g_free (probe);
}

static gpointer
probe_in_thread (gpointer data)
{
  Probe *probe = data;

  probe->results = bijou_connection_probe_all (probe->connection);
  return NULL;
}

static GPtrArray *
start_probes (BijouCommand *self, GPtrArray *servers)
{
  GPtrArray *probes = g_ptr_array_new_with_free_func (probe_free);

  for (guint i = 0; i < servers->len; i++)
    {
      BijouServer *server = g_ptr_array_index (servers, i);
      BijouConnection *connection = bijou_server_addresses_get_connection (self->context, server);
      Probe *probe;

      if (connection == NULL)
        continue;
      probe = g_new0 (Probe, 1);
      probe->server = g_object_ref (server);
      probe->connection = connection;
      probe->thread = g_thread_new ("bijou-probe", probe_in_thread, probe);
      g_ptr_array_add (probes, probe);
    }
  return probes;
}

static const char *
get_state_name (const BijouProbeResult *result)
{
  if (result->address->disabled)
    return "disabled";
  if (!result->tested)
    return "untested";
  return result->error == NULL ? "good" : "failed";
}

/* The address is told beside it. */
static char *
make_error_text (const BijouProbeResult *result)
{
  g_autofree char *text = result->error != NULL ? bijou_redact (result->error->message) : NULL;
  g_autofree char *prefix = g_strconcat (result->address->url, ": ", NULL);

  if (text != NULL && g_str_has_prefix (text, prefix))
    return g_strdup (text + strlen (prefix));
  return g_steal_pointer (&text);
}

/* People see the name, which is shorter than an identifier and means something. */
static void
print_result (BijouCommand *self, BijouServer *server, const BijouProbeResult *result)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();
  const BijouAddress *address = result->address;
  g_autofree char *error = make_error_text (result);

  json_builder_begin_object (builder);
  bijou_output_member_text (builder, "server", self->line->json ? server->id : server->name);
  bijou_output_member_text (builder, "url", address->url);
  bijou_output_member_text (builder, "class",
                            bijou_address_class_to_string (address->address_class));
  bijou_output_member_text (builder, "source", bijou_address_source_to_string (address->source));
  bijou_output_member_text (builder, "state", get_state_name (result));
  bijou_output_member_int (builder, "ms", result->ms, -1);
  bijou_output_member_text (builder, "error", error);
  bijou_output_member_time (builder, "last_success", address->last_success);
  bijou_output_member_boolean (builder, "in_use", result->in_use);
  bijou_output_member_boolean (builder, "pinned", address->pinned);
  json_builder_end_object (builder);
  bijou_output_add (self->output, builder);
}

/* What the test has shown is where the next start begins. */
static gboolean
keep_and_print (BijouCommand *self, Probe *probe, GError **error)
{
  g_autoptr (GPtrArray) addresses = bijou_connection_get_addresses (probe->connection);

  for (guint i = 0; i < probe->results->len; i++)
    print_result (self, probe->server, g_ptr_array_index (probe->results, i));
  return bijou_store_save_addresses (bijou_context_get_store (self->context), probe->server->id,
                                     addresses, error);
}

static GPtrArray *
list_asked_for (BijouCommand *self, GError **error)
{
  g_autoptr (GPtrArray) servers = NULL;
  BijouServer *server;

  if (self->line->probe_server == NULL)
    return bijou_store_list_servers (bijou_context_get_store (self->context), error);
  server = bijou_command_find_server (self, self->line->probe_server, error);
  if (server == NULL)
    return NULL;
  servers = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (servers, server);
  return g_steal_pointer (&servers);
}

/**
 * bijou_command_probe:
 * @self: a command
 * @error: return location
 *
 * `--probe[=SERVER]`: tests every address of every server, or of one, at the same time.
 *
 * Returns: whether they could be tested; dead ones are no failure
 */
gboolean
bijou_command_probe (BijouCommand *self, GError **error)
{
  g_autoptr (GPtrArray) servers = list_asked_for (self, error);
  g_autoptr (GPtrArray) probes = NULL;
  gboolean kept = TRUE;

  if (servers == NULL)
    return FALSE;
  bijou_output_set_columns (self->output, probe_columns);
  probes = start_probes (self, servers);
  for (guint i = 0; i < probes->len; i++)
    g_thread_join (((Probe *) g_ptr_array_index (probes, i))->thread);
  for (guint i = 0; i < probes->len && kept; i++)
    kept = keep_and_print (self, g_ptr_array_index (probes, i), error);
  return kept;
}
