#include "config.h"

#include "bijou-refusals.h"

#include "bijou-json.h"

/* Under this name they are kept with the server, as JSON. */
#define VALUE "refused"
#define KEPT 20

/**
 * bijou_refusal_free:
 * @self: (transfer full): a refusal
 */
void
bijou_refusal_free (BijouRefusal *self)
{
  bijou_change_free (self->change);
  g_free (self->reason);
  g_free (self);
}

/* --- reading --- */

static BijouRefusal *
read_refusal (JsonObject *object, const char *server_id)
{
  BijouRefusal *self = g_new0 (BijouRefusal, 1);
  BijouChange *change = g_new0 (BijouChange, 1);

  self->change = change;
  self->reason = bijou_json_dup_string (object, "reason");
  change->server_id = g_strdup (server_id);
  change->remote_id = bijou_json_dup_string (object, "item");
  change->title = bijou_json_dup_string (object, "title");
  change->show_title = bijou_json_dup_string (object, "show");
  change->kind = BIJOU_CHANGE_POSITION;
  bijou_change_kind_from_string (bijou_json_get_string (object, "kind"), &change->kind);
  change->position_ms = bijou_json_get_int (object, "position", 0);
  change->rating = bijou_json_get_double (object, "rating", -1);
  change->made_at = bijou_json_get_int (object, "at", 0);
  return self;
}

/**
 * bijou_refusals_list:
 * @store: where they are kept
 * @server_id: whose
 *
 * Blocking; any thread.
 *
 * Returns: (transfer full) (element-type BijouRefusal): the last ones, the newest first
 */
GPtrArray *
bijou_refusals_list (BijouStore *store, const char *server_id)
{
  GPtrArray *refusals = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_refusal_free);
  g_autofree char *text = bijou_store_get_sync_value (store, server_id, VALUE);
  g_autoptr (JsonNode) node = text != NULL ? bijou_json_parse (text, -1, NULL) : NULL;
  g_autoptr (GPtrArray) objects = node != NULL ? bijou_json_node_get_objects (node) : NULL;

  for (guint i = 0; objects != NULL && i < objects->len; i++)
    {
      BijouRefusal *refusal = read_refusal (g_ptr_array_index (objects, i), server_id);

      if (refusal->change->remote_id != NULL)
        g_ptr_array_add (refusals, refusal);
      else
        bijou_refusal_free (refusal);
    }
  return refusals;
}

/* --- writing --- */

static void
add_text (JsonBuilder *builder, const char *name, const char *value)
{
  if (value == NULL)
    return;
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

static void
add_refusal (JsonBuilder *builder, const BijouChange *change, gint64 at, const char *reason)
{
  json_builder_begin_object (builder);
  add_text (builder, "item", change->remote_id);
  add_text (builder, "title", change->title);
  add_text (builder, "show", change->show_title);
  add_text (builder, "kind", bijou_change_kind_to_string (change->kind));
  add_text (builder, "reason", reason);
  json_builder_set_member_name (builder, "position");
  json_builder_add_int_value (builder, change->position_ms);
  json_builder_set_member_name (builder, "rating");
  json_builder_add_double_value (builder, change->rating);
  json_builder_set_member_name (builder, "at");
  json_builder_add_int_value (builder, at);
  json_builder_end_object (builder);
}

/**
 * bijou_refusals_add:
 * @store: where it is kept
 * @change: a change that is given up
 * @problem: what the server said
 * @error: return location
 *
 * Blocking; any thread that holds the lock of the server's outbox.
 *
 * Returns: whether it is kept
 */
gboolean
bijou_refusals_add (BijouStore *store,
                    const BijouChange *change,
                    const GError *problem,
                    GError **error)
{
  g_autoptr (GPtrArray) before = bijou_refusals_list (store, change->server_id);
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();
  g_autofree char *reason = bijou_error_to_sentence (problem);
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;

  json_builder_begin_array (builder);
  add_refusal (builder, change, g_get_real_time () / G_USEC_PER_SEC, reason);
  for (guint i = 0; i < before->len && i + 1 < KEPT; i++)
    {
      const BijouRefusal *refusal = g_ptr_array_index (before, i);

      add_refusal (builder, refusal->change, refusal->change->made_at, refusal->reason);
    }
  json_builder_end_array (builder);
  root = json_builder_get_root (builder);
  text = bijou_json_to_text (root);
  return bijou_store_set_sync_value (store, change->server_id, VALUE, text, error);
}

/**
 * bijou_refusals_clear:
 * @store: where they are kept
 * @server_id: whose
 * @error: return location
 *
 * Blocking; any thread.
 *
 * Returns: whether there are none any more
 */
gboolean
bijou_refusals_clear (BijouStore *store, const char *server_id, GError **error)
{
  return bijou_store_set_sync_value (store, server_id, VALUE, NULL, error);
}
