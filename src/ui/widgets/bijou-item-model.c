#include "config.h"

#include "bijou-item-model.h"

#include "bijou-item-listing.h"

#define BLOCK 48
#define MAX_READS 2
#define MAX_KEPT 480
/* A sync writes a page at a time; each would move the list. */
#define REQUERY_MS 400

struct _BijouItemSlot
{
  GObject parent_instance;

  gint64 id;
  BijouItem *item;       /* (owned) (nullable) */
  BijouItemModel *model; /* (unowned) (nullable) cleared when the model goes */
};

typedef enum
{
  SLOT_PROP_ITEM = 1,
} BijouItemSlotProps;

static GParamSpec *slot_props[SLOT_PROP_ITEM + 1];

struct _BijouItemModel
{
  GObject parent_instance;

  BijouStore *store;         /* (owned) */
  GCancellable *cancellable; /* (owned) of the query that runs */
  GCancellable *reads;       /* (owned) of blocks */
  BijouItemQuery *query;     /* (owned) */
  GArray *ids;               /* (owned) of gint64 */
  gboolean loaded;
  GError *error; /* (owned) (nullable) of the last query */
  guint requery_id;
  gboolean querying;
  gboolean query_again;

  GHashTable *slots; /* (owned) from ids to BijouItemSlot (unowned: they take themselves out) */
  GHashTable *items; /* (owned) from ids to BijouItem (owned) */
  GQueue kept;       /* (owned) of gint64: keys of items, the oldest first */
  GArray *wanted;    /* (owned) of gint64: rows somebody looks at, without item */
  guint n_reads;
  guint64 last_read;   /* serial of the last read that began */
  GHashTable *reading; /* (owned) from ids to the read (guint64) whose answer counts, none: stale */
  guint read_id;
};

enum
{
  LOADED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

typedef enum
{
  PROP_N_ITEMS = 1,
} BijouItemModelProps;

static GParamSpec *props[PROP_N_ITEMS + 1];

static void bijou_item_model_iface_init (GListModelInterface *iface);
static void schedule_read (BijouItemModel *self);

G_DEFINE_FINAL_TYPE (BijouItemSlot, bijou_item_slot, G_TYPE_OBJECT)
G_DEFINE_FINAL_TYPE_WITH_CODE (BijouItemModel,
                               bijou_item_model,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      bijou_item_model_iface_init))

/* --- slots --- */

static void
set_slot_item (BijouItemSlot *slot, BijouItem *item)
{
  if (g_set_object (&slot->item, item))
    g_object_notify_by_pspec (G_OBJECT (slot), slot_props[SLOT_PROP_ITEM]);
}

static void
bijou_item_slot_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_object (value, BIJOU_ITEM_SLOT (object)->item);
}

static void
bijou_item_slot_dispose (GObject *object)
{
  BijouItemSlot *self = BIJOU_ITEM_SLOT (object);

  if (self->model != NULL && g_hash_table_lookup (self->model->slots, &self->id) == self)
    g_hash_table_remove (self->model->slots, &self->id);
  self->model = NULL;
  g_clear_object (&self->item);
  G_OBJECT_CLASS (bijou_item_slot_parent_class)->dispose (object);
}

static void
bijou_item_slot_class_init (BijouItemSlotClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = bijou_item_slot_get_property;
  object_class->dispose = bijou_item_slot_dispose;
  slot_props[SLOT_PROP_ITEM] =
      g_param_spec_object ("item", NULL, NULL, BIJOU_TYPE_ITEM,
                           G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (slot_props), slot_props);
}

static void
bijou_item_slot_init (BijouItemSlot *self)
{
}

/**
 * bijou_item_slot_get_item:
 * @self: a row
 *
 * Returns: (transfer none) (nullable): its item, if it is known yet
 */
BijouItem *
bijou_item_slot_get_item (BijouItemSlot *self)
{
  g_return_val_if_fail (BIJOU_IS_ITEM_SLOT (self), NULL);
  return self->item;
}

/**
 * bijou_item_slot_get_id:
 * @self: a row
 *
 * Returns: the local id of its item
 */
gint64
bijou_item_slot_get_id (BijouItemSlot *self)
{
  g_return_val_if_fail (BIJOU_IS_ITEM_SLOT (self), 0);
  return self->id;
}

/* --- items that are kept --- */

static gint64 *
dup_id (gint64 id)
{
  gint64 *copy = g_new (gint64, 1);

  *copy = id;
  return copy;
}

static void
keep_item (BijouItemModel *self, BijouItem *item)
{
  if (!g_hash_table_contains (self->items, &item->id))
    g_queue_push_tail (&self->kept, dup_id (item->id));
  g_hash_table_insert (self->items, dup_id (item->id), g_object_ref (item));
  while (self->kept.length > MAX_KEPT)
    {
      g_autofree gint64 *oldest = g_queue_pop_head (&self->kept);

      g_hash_table_remove (self->items, oldest);
    }
}

static void
forget_items (BijouItemModel *self)
{
  g_hash_table_remove_all (self->items);
  g_queue_clear_full (&self->kept, g_free);
}

/* --- reading rows --- */

static gboolean
is_wanted (BijouItemModel *self, gint64 id)
{
  BijouItemSlot *slot = g_hash_table_lookup (self->slots, &id);

  return slot != NULL;
}

typedef struct
{
  BijouItemModel *model; /* (owned) */
  guint64 serial;
} Read;

static gboolean
is_of_read (gpointer key, gpointer value, gpointer user_data)
{
  return *(guint64 *) value == ((Read *) user_data)->serial;
}

static gboolean
counts (BijouItemModel *self, Read *read, gint64 id)
{
  guint64 *serial = g_hash_table_lookup (self->reading, &id);

  return serial != NULL && *serial == read->serial;
}

/* Reads run side by side, so one that began before a row changed may end last. */
static void
take_items (BijouItemModel *self, Read *read, GPtrArray *items)
{
  for (guint i = 0; i < items->len; i++)
    {
      BijouItem *item = items->pdata[i];
      BijouItemSlot *slot = g_hash_table_lookup (self->slots, &item->id);

      if (!counts (self, read, item->id))
        continue;
      keep_item (self, item);
      if (slot != NULL)
        set_slot_item (slot, item);
    }
}

static void
on_items_read_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autofree Read *read = user_data;
  g_autoptr (BijouItemModel) self = read->model;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) items = bijou_store_get_items_finish (BIJOU_STORE (object), result, &error);

  self->n_reads--;
  if (g_cancellable_is_cancelled (self->reads))
    return;
  if (items != NULL)
    take_items (self, read, items);
  else if (!bijou_error_is_cancelled (error))
    g_warning ("Rows cannot be read: %s", error->message);
  g_hash_table_foreach_remove (self->reading, is_of_read, read);
  schedule_read (self);
}

/* The rows that were asked for last come first: they are on the screen. */
static void
read_block (BijouItemModel *self)
{
  g_autoptr (GArray) block = g_array_new (FALSE, FALSE, sizeof (gint64));
  Read *read;

  while (self->wanted->len > 0 && block->len < BLOCK)
    {
      gint64 id = g_array_index (self->wanted, gint64, self->wanted->len - 1);

      g_array_set_size (self->wanted, self->wanted->len - 1);
      if (is_wanted (self, id))
        g_array_append_val (block, id);
    }
  if (block->len == 0)
    return;
  read = g_new0 (Read, 1);
  read->model = g_object_ref (self);
  read->serial = ++self->last_read;
  for (guint i = 0; i < block->len; i++)
    g_hash_table_insert (self->reading, dup_id (g_array_index (block, gint64, i)),
                         g_memdup2 (&read->serial, sizeof read->serial));
  self->n_reads++;
  bijou_store_get_items_async (self->store, (const gint64 *) block->data, block->len, self->reads,
                               on_items_read_cb, read);
}

static gboolean
on_read_cb (gpointer user_data)
{
  BijouItemModel *self = user_data;

  self->read_id = 0;
  while (self->wanted->len > 0 && self->n_reads < MAX_READS)
    read_block (self);
  return G_SOURCE_REMOVE;
}

/* Rows are bound one by one; one read takes all that were bound in a turn of the main loop. */
static void
schedule_read (BijouItemModel *self)
{
  if (self->read_id == 0 && self->wanted->len > 0 && self->n_reads < MAX_READS)
    self->read_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_read_cb, self, NULL);
}

static void
want_row (BijouItemModel *self, gint64 id)
{
  g_array_append_val (self->wanted, id);
  schedule_read (self);
}

/* --- the list --- */

static void
emit_step (BijouItemModel *self, const BijouItemStep *step, GArray *to)
{
  if (step->removed > 0)
    g_array_remove_range (self->ids, step->position, step->removed);
  if (step->added > 0)
    g_array_insert_vals (self->ids, step->position, &g_array_index (to, gint64, step->position),
                         step->added);
  g_list_model_items_changed (G_LIST_MODEL (self), step->position, step->removed, step->added);
}

static void
take_listing (BijouItemModel *self, BijouItemListing *listing)
{
  guint before = self->ids->len;

  for (guint i = 0; i < listing->steps->len; i++)
    emit_step (self, &g_array_index (listing->steps, BijouItemStep, i), listing->ids);
  if (before != self->ids->len)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_N_ITEMS]);
}

static void run_query (BijouItemModel *self);

static void
on_listed_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BijouItemModel) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouItemListing) listing =
      bijou_item_listing_finish (BIJOU_STORE (object), result, &error);

  if (listing == NULL && bijou_error_is_cancelled (error))
    return;
  self->querying = FALSE;
  g_clear_error (&self->error);
  if (listing != NULL)
    take_listing (self, listing);
  else
    self->error = g_steal_pointer (&error);
  self->loaded = TRUE;
  g_signal_emit (self, signals[LOADED], 0);
  if (self->query_again)
    run_query (self);
}

static void
run_query (BijouItemModel *self)
{
  if (self->querying)
    {
      self->query_again = TRUE;
      return;
    }
  self->querying = TRUE;
  self->query_again = FALSE;
  bijou_item_listing_new_async (self->store, self->query, self->ids, self->cancellable,
                                on_listed_cb, g_object_ref (self));
}

static gboolean
on_requery_cb (gpointer user_data)
{
  BijouItemModel *self = user_data;

  self->requery_id = 0;
  run_query (self);
  return G_SOURCE_REMOVE;
}

static void
schedule_query (BijouItemModel *self)
{
  if (self->requery_id == 0)
    self->requery_id = g_timeout_add (REQUERY_MS, on_requery_cb, self);
}

/* --- following the store --- */

static gboolean
concerns (BijouItemModel *self, const BijouStoreChange *change)
{
  if (self->query->server_id != NULL && change->server_id != NULL &&
      g_strcmp0 (self->query->server_id, change->server_id) != 0)
    return FALSE;
  return self->query->library_id == NULL || change->library_id == NULL ||
         g_strcmp0 (self->query->library_id, change->library_id) == 0;
}

static gboolean
depends_on_play_state (const BijouItemQuery *query)
{
  return query->unwatched_only || query->in_progress_only || query->favourites_only ||
         query->sort == BIJOU_SORT_PLAYED;
}

static void
reread_all (BijouItemModel *self)
{
  GHashTableIter iter;
  gpointer key;

  forget_items (self);
  g_hash_table_remove_all (self->reading);
  g_array_set_size (self->wanted, 0);
  g_hash_table_iter_init (&iter, self->slots);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    want_row (self, *(gint64 *) key);
}

static void
reread_some (BijouItemModel *self, GArray *ids)
{
  for (guint i = 0; i < ids->len; i++)
    {
      gint64 id = g_array_index (ids, gint64, i);

      /* The key stays in the queue; at worst a row is forgotten early. */
      g_hash_table_remove (self->items, &id);
      g_hash_table_remove (self->reading, &id);
      if (g_hash_table_contains (self->slots, &id))
        want_row (self, id);
    }
}

static void
on_store_changed_cb (BijouStore *store, BijouStoreChange *change, gpointer user_data)
{
  BijouItemModel *self = user_data;
  BijouStoreChangeFlags rows = BIJOU_STORE_ITEMS | BIJOU_STORE_PLAY_STATE;

  if ((change->flags & rows) == 0 || !concerns (self, change))
    return;
  if (change->ids != NULL)
    reread_some (self, change->ids);
  else
    reread_all (self);
  if ((change->flags & BIJOU_STORE_ITEMS) != 0 || depends_on_play_state (self->query))
    schedule_query (self);
}

/* --- GListModel --- */

static GType
bijou_item_model_get_item_type (GListModel *model)
{
  return BIJOU_TYPE_ITEM_SLOT;
}

static guint
bijou_item_model_get_n_items (GListModel *model)
{
  return BIJOU_ITEM_MODEL (model)->ids->len;
}

static gpointer
bijou_item_model_get_item (GListModel *model, guint position)
{
  BijouItemModel *self = BIJOU_ITEM_MODEL (model);
  BijouItemSlot *slot;
  gint64 id;

  if (position >= self->ids->len)
    return NULL;
  id = g_array_index (self->ids, gint64, position);
  slot = g_hash_table_lookup (self->slots, &id);
  if (slot != NULL)
    return g_object_ref (slot);
  slot = g_object_new (BIJOU_TYPE_ITEM_SLOT, NULL);
  slot->id = id;
  slot->model = self;
  slot->item = g_hash_table_lookup (self->items, &id);
  g_hash_table_insert (self->slots, &slot->id, slot);
  if (slot->item != NULL)
    g_object_ref (slot->item);
  else
    want_row (self, id);
  return slot;
}

static void
bijou_item_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = bijou_item_model_get_item_type;
  iface->get_n_items = bijou_item_model_get_n_items;
  iface->get_item = bijou_item_model_get_item;
}

static void
bijou_item_model_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_uint (value, BIJOU_ITEM_MODEL (object)->ids->len);
}

static void
release_slots (BijouItemModel *self)
{
  GHashTableIter iter;
  gpointer slot;

  g_hash_table_iter_init (&iter, self->slots);
  while (g_hash_table_iter_next (&iter, NULL, &slot))
    BIJOU_ITEM_SLOT (slot)->model = NULL;
  g_hash_table_remove_all (self->slots);
}

static void
bijou_item_model_dispose (GObject *object)
{
  BijouItemModel *self = BIJOU_ITEM_MODEL (object);

  g_cancellable_cancel (self->cancellable);
  g_cancellable_cancel (self->reads);
  g_clear_handle_id (&self->requery_id, g_source_remove);
  g_clear_handle_id (&self->read_id, g_source_remove);
  if (self->store != NULL)
    g_signal_handlers_disconnect_by_data (self->store, self);
  release_slots (self);
  G_OBJECT_CLASS (bijou_item_model_parent_class)->dispose (object);
}

static void
bijou_item_model_finalize (GObject *object)
{
  BijouItemModel *self = BIJOU_ITEM_MODEL (object);

  forget_items (self);
  g_hash_table_unref (self->slots);
  g_hash_table_unref (self->items);
  g_hash_table_unref (self->reading);
  g_array_unref (self->ids);
  g_array_unref (self->wanted);
  g_clear_error (&self->error);
  bijou_item_query_free (self->query);
  g_object_unref (self->cancellable);
  g_object_unref (self->reads);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (bijou_item_model_parent_class)->finalize (object);
}

static void
bijou_item_model_class_init (BijouItemModelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = bijou_item_model_get_property;
  object_class->dispose = bijou_item_model_dispose;
  object_class->finalize = bijou_item_model_finalize;
  props[PROP_N_ITEMS] =
      g_param_spec_uint ("n-items", NULL, NULL, 0, G_MAXUINT, 0,
                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (props), props);
  signals[LOADED] = g_signal_new ("loaded", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);
}

static void
bijou_item_model_init (BijouItemModel *self)
{
  self->query = g_new0 (BijouItemQuery, 1);
  self->cancellable = g_cancellable_new ();
  self->reads = g_cancellable_new ();
  self->ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->wanted = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->slots = g_hash_table_new (g_int64_hash, g_int64_equal);
  self->items = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_object_unref);
  self->reading = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  g_queue_init (&self->kept);
}

/**
 * bijou_item_model_new:
 * @store: where the rows are
 *
 * Returns: (transfer full): an empty model; give it a query
 */
BijouItemModel *
bijou_item_model_new (BijouStore *store)
{
  BijouItemModel *self = g_object_new (BIJOU_TYPE_ITEM_MODEL, NULL);

  self->store = g_object_ref (store);
  g_signal_connect_object (store, "changed", G_CALLBACK (on_store_changed_cb), self, 0);
  return self;
}

/**
 * bijou_item_model_set_query:
 * @self: a model
 * @query: what rows to list; copied
 *
 * The rows of the last query stay until the new ones are known.
 */
void
bijou_item_model_set_query (BijouItemModel *self, const BijouItemQuery *query)
{
  g_autoptr (BijouItemQuery) old = NULL;

  g_return_if_fail (BIJOU_IS_ITEM_MODEL (self));
  old = self->query;
  self->query = bijou_item_query_copy (query);
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  self->querying = FALSE;
  run_query (self);
}

/**
 * bijou_item_model_get_query:
 * @self: a model
 *
 * Returns: (transfer none): its query
 */
const BijouItemQuery *
bijou_item_model_get_query (BijouItemModel *self)
{
  g_return_val_if_fail (BIJOU_IS_ITEM_MODEL (self), NULL);
  return self->query;
}

/**
 * bijou_item_model_is_loaded:
 * @self: a model
 *
 * Returns: whether the ids were read once
 */
gboolean
bijou_item_model_is_loaded (BijouItemModel *self)
{
  g_return_val_if_fail (BIJOU_IS_ITEM_MODEL (self), FALSE);
  return self->loaded;
}

/**
 * bijou_item_model_get_error:
 * @self: a model
 *
 * Returns: (transfer none) (nullable): why the last query failed
 */
const GError *
bijou_item_model_get_error (BijouItemModel *self)
{
  g_return_val_if_fail (BIJOU_IS_ITEM_MODEL (self), NULL);
  return self->error;
}
