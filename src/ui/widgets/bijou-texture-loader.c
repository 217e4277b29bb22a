#include "config.h"

#include "bijou-texture-loader.h"

#include "bijou-lru.h"
#include "bijou-memory.h"
#include "bijou-texture-decode.h"

#define TEXTURE_BYTES (24 * 1024 * 1024)
#define MAX_AVERAGES 2048
#define MAX_LOADS 6
#define DECODE_THREADS 3
/* Decoding leaves holes; so long after the last picture they are given back. */
#define REST_MS 1000

/* Servers scale pictures; a few widths keep the image cache small. */
static const guint fetch_widths[] = { 160, 240, 320, 480, 640, 960, 1280, 1920, 2560 };

typedef struct
{
  BijouTextureLoader *loader; /* (owned) */
  char *key;                  /* (owned) */
  char *average_key;          /* (owned) */
  char *server_id;            /* (owned) */
  char *image;                /* (owned) */
  int width;
  int height;
  GPtrArray *requests;       /* (owned) of BijouTextureRequest (owned by who asked) */
  GCancellable *cancellable; /* (owned) (nullable) NULL while it waits for its turn */
} Load;

struct _BijouTextureRequest
{
  Load *load; /* (unowned) */
  BijouTextureFunc func;
  gpointer user_data;
};

struct _BijouTextureLoader
{
  GObject parent_instance;

  BijouContext *context; /* (unowned) it owns the loader */
  BijouLru *textures;    /* (owned) */
  BijouLru *averages;    /* (owned) */
  GHashTable *missing;   /* (owned) average keys of pictures that are not there */
  GHashTable *loads;     /* (owned) from keys to Load (unowned: queue or callback) */
  GQueue waiting;        /* (owned) of Load */
  guint running;
  guint rest_id;
  GThreadPool *pool; /* (owned) */
};

G_DEFINE_FINAL_TYPE (BijouTextureLoader, bijou_texture_loader, G_TYPE_OBJECT)

static void start_loads (BijouTextureLoader *self);

static char *
make_average_key (const BijouPicture *picture)
{
  return g_strdup_printf ("%s\n%s", picture->server_id, picture->image);
}

static char *
make_key (const BijouPicture *picture)
{
  return g_strdup_printf ("%s\n%s\n%dx%d", picture->server_id, picture->image, picture->width,
                          picture->height);
}

static Load *
load_new (BijouTextureLoader *self, const BijouPicture *picture)
{
  Load *load = g_new0 (Load, 1);

  load->loader = g_object_ref (self);
  load->key = make_key (picture);
  load->average_key = make_average_key (picture);
  load->server_id = g_strdup (picture->server_id);
  load->image = g_strdup (picture->image);
  load->width = picture->width;
  load->height = picture->height;
  load->requests = g_ptr_array_new ();
  return load;
}

static void
load_free (Load *load)
{
  g_clear_object (&load->cancellable);
  g_ptr_array_unref (load->requests);
  g_free (load->key);
  g_free (load->average_key);
  g_free (load->server_id);
  g_free (load->image);
  g_clear_object (&load->loader);
  g_free (load);
}

/* Forgets the load, unless a new one took its place after it was cancelled. */
static void
forget_load (Load *load)
{
  if (g_hash_table_lookup (load->loader->loads, load->key) == load)
    g_hash_table_remove (load->loader->loads, load->key);
}

static void
answer_requests (Load *load, GdkTexture *texture, gboolean missing)
{
  forget_load (load);
  while (load->requests->len > 0)
    {
      BijouTextureRequest *request = g_ptr_array_remove_index_fast (load->requests, 0);

      request->func (texture, missing, request->user_data);
      g_free (request);
    }
}

static gpointer
give_back_in_worker (gpointer data)
{
  bijou_memory_give_back ();
  return NULL;
}

static gboolean
on_rest_cb (gpointer data)
{
  BijouTextureLoader *self = data;

  self->rest_id = 0;
  g_thread_unref (g_thread_new ("bijou-memory", give_back_in_worker, NULL));
  return G_SOURCE_REMOVE;
}

static void
finish_load (Load *load, GdkTexture *texture, gboolean missing)
{
  g_autoptr (BijouTextureLoader) self = g_object_ref (load->loader);

  if (missing)
    g_hash_table_add (self->missing, g_strdup (load->average_key));
  answer_requests (load, texture, missing);
  load_free (load);
  self->running--;
  start_loads (self);
  g_clear_handle_id (&self->rest_id, g_source_remove);
  if (self->running == 0)
    self->rest_id = g_timeout_add (REST_MS, on_rest_cb, self);
}

static void
keep_texture (BijouTextureLoader *self, Load *load, BijouDecoded *decoded)
{
  gsize weight = (gsize) gdk_texture_get_width (decoded->texture) *
                 (gsize) gdk_texture_get_height (decoded->texture) * 4;

  bijou_lru_put (self->textures, load->key, g_object_ref (decoded->texture), weight);
  if (decoded->average != NULL)
    bijou_lru_put (self->averages, load->average_key, g_object_ref (decoded->average), 1);
}

static void
on_decoded_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Load *load = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouDecoded) decoded = g_task_propagate_pointer (G_TASK (result), &error);

  if (decoded == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_debug ("A picture cannot be decoded: %s", error->message);
      finish_load (load, NULL, !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
      return;
    }
  keep_texture (load->loader, load, decoded);
  finish_load (load, decoded->texture, FALSE);
}

static void
decode_in_worker (gpointer data, gpointer user_data)
{
  g_autoptr (GTask) task = data;
  BijouDecodeInput *input = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  BijouDecoded *decoded;

  if (g_task_return_error_if_cancelled (task))
    return;
  decoded = bijou_decode_picture (input->bytes, input->width, input->height, &error);
  if (decoded != NULL)
    g_task_return_pointer (task, decoded, (GDestroyNotify) bijou_decoded_free);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
decode (Load *load, GBytes *bytes)
{
  GTask *task = g_task_new (load->loader, load->cancellable, on_decoded_cb, load);
  BijouDecodeInput *input = g_new0 (BijouDecodeInput, 1);

  input->bytes = g_bytes_ref (bytes);
  input->width = load->width;
  input->height = load->height;
  g_task_set_source_tag (task, decode);
  g_task_set_task_data (task, input, (GDestroyNotify) bijou_decode_input_free);
  g_thread_pool_push (load->loader->pool, task, NULL);
}

static void
on_fetched_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Load *load = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes =
      bijou_context_fetch_image_finish (BIJOU_CONTEXT (object), result, &error);

  if (bytes != NULL && !g_cancellable_is_cancelled (load->cancellable))
    decode (load, bytes);
  else
    finish_load (load, NULL, g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND));
}

static guint
choose_fetch_width (int width)
{
  for (guint i = 0; i < G_N_ELEMENTS (fetch_widths); i++)
    if ((int) fetch_widths[i] >= width)
      return fetch_widths[i];
  return fetch_widths[G_N_ELEMENTS (fetch_widths) - 1];
}

static void
start_loads (BijouTextureLoader *self)
{
  while (self->running < MAX_LOADS && self->waiting.length > 0)
    {
      Load *load = g_queue_pop_head (&self->waiting);

      self->running++;
      load->cancellable = g_cancellable_new ();
      bijou_context_fetch_image_async (self->context, load->server_id, load->image,
                                       choose_fetch_width (load->width), load->cancellable,
                                       on_fetched_cb, load);
    }
}

static void
bijou_texture_loader_dispose (GObject *object)
{
  BijouTextureLoader *self = BIJOU_TEXTURE_LOADER (object);

  g_clear_handle_id (&self->rest_id, g_source_remove);
  /* Loads hold the loader: at this point there are none. */
  g_clear_pointer (&self->textures, bijou_lru_free);
  g_clear_pointer (&self->averages, bijou_lru_free);
  g_clear_pointer (&self->loads, g_hash_table_unref);
  g_clear_pointer (&self->missing, g_hash_table_unref);
  if (self->pool != NULL)
    g_thread_pool_free (g_steal_pointer (&self->pool), FALSE, TRUE);
  G_OBJECT_CLASS (bijou_texture_loader_parent_class)->dispose (object);
}

static void
bijou_texture_loader_class_init (BijouTextureLoaderClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bijou_texture_loader_dispose;
}

static void
bijou_texture_loader_init (BijouTextureLoader *self)
{
  self->textures = bijou_lru_new (TEXTURE_BYTES, g_object_unref);
  self->averages = bijou_lru_new (MAX_AVERAGES, g_object_unref);
  self->loads = g_hash_table_new (g_str_hash, g_str_equal);
  self->missing = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->pool = g_thread_pool_new (decode_in_worker, NULL, DECODE_THREADS, FALSE, NULL);
  g_queue_init (&self->waiting);
}

/**
 * bijou_texture_loader_get:
 * @context: a context
 *
 * Returns: (transfer none): the loader of @context, made when first asked for
 */
BijouTextureLoader *
bijou_texture_loader_get (BijouContext *context)
{
  BijouTextureLoader *self;

  g_return_val_if_fail (BIJOU_IS_CONTEXT (context), NULL);
  self = g_object_get_data (G_OBJECT (context), "bijou-texture-loader");
  if (self == NULL)
    {
      self = g_object_new (BIJOU_TYPE_TEXTURE_LOADER, NULL);
      self->context = context;
      g_object_set_data_full (G_OBJECT (context), "bijou-texture-loader", self, g_object_unref);
    }
  return self;
}

/**
 * bijou_texture_loader_peek:
 * @self: a loader
 * @picture: which picture
 *
 * Returns: (transfer none) (nullable): the picture if it is at hand
 */
GdkTexture *
bijou_texture_loader_peek (BijouTextureLoader *self, const BijouPicture *picture)
{
  g_autofree char *key = make_key (picture);

  return bijou_lru_get (self->textures, key);
}

/**
 * bijou_texture_loader_peek_average:
 * @self: a loader
 * @picture: which picture; its size does not matter
 *
 * Returns: (transfer none) (nullable): its average colours, a very small picture, if it was ever
 *   decoded in this session
 */
GdkTexture *
bijou_texture_loader_peek_average (BijouTextureLoader *self, const BijouPicture *picture)
{
  g_autofree char *key = make_average_key (picture);

  return bijou_lru_get (self->averages, key);
}

/**
 * bijou_texture_loader_request:
 * @self: a loader
 * @picture: which picture
 * @func: called once, later, from the main loop, unless cancelled
 * @user_data: for @func
 *
 * Returns: (transfer none) (nullable): a handle to cancel it with, not to be used once @func was
 *   called; %NULL when the picture is known not to be there (@func is not called)
 */
BijouTextureRequest *
bijou_texture_loader_request (BijouTextureLoader *self,
                              const BijouPicture *picture,
                              BijouTextureFunc func,
                              gpointer user_data)
{
  g_autofree char *key = make_key (picture);
  g_autofree char *average_key = make_average_key (picture);
  BijouTextureRequest *request;
  Load *load;

  if (g_hash_table_contains (self->missing, average_key))
    return NULL;
  load = g_hash_table_lookup (self->loads, key);
  if (load == NULL)
    {
      load = load_new (self, picture);
      g_hash_table_insert (self->loads, load->key, load);
      g_queue_push_head (&self->waiting, load);
    }
  request = g_new0 (BijouTextureRequest, 1);
  request->load = load;
  request->func = func;
  request->user_data = user_data;
  g_ptr_array_add (load->requests, request);
  start_loads (self);
  return request;
}

/**
 * bijou_texture_request_cancel:
 * @self: (transfer full): a request that was not answered yet
 *
 * Its function will not be called. When nobody else waits for the picture, the work stops.
 */
void
bijou_texture_request_cancel (BijouTextureRequest *self)
{
  Load *load = self->load;

  g_ptr_array_remove_fast (load->requests, self);
  g_free (self);
  if (load->requests->len > 0)
    return;
  forget_load (load);
  if (load->cancellable != NULL)
    {
      g_cancellable_cancel (load->cancellable);
      return;
    }
  g_queue_remove (&load->loader->waiting, load);
  load_free (load);
}
