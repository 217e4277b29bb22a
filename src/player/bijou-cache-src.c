#include "config.h"

#include "bijou-cache-src.h"

#include "bijou-error.h"

GST_DEBUG_CATEGORY_STATIC (bijou_cache_src_debug);
#define GST_CAT_DEFAULT bijou_cache_src_debug

#define SCHEME "bijou-cache"

struct _BijouCacheSrc
{
  GstBaseSrc parent_instance;

  struct /* only with GST_OBJECT_LOCK held */
  {
    BijouByteSource *source;   /* (owned) (nullable) */
    GCancellable *cancellable; /* (owned) of the read at work */
    GError *error;             /* (owned) (nullable) why reading failed */
    char *uri;                 /* (owned) (nullable) */
    gint64 waiting_since;      /* monotonic µs, 0 no read at work */
    gboolean closed;           /* nothing is to be read any more */
  } shared;
};

typedef enum
{
  PROP_SOURCE = 1,
} BijouCacheSrcProps;

static GParamSpec *props[PROP_SOURCE + 1];
static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

static void bijou_cache_src_uri_handler_init (gpointer g_iface, gpointer iface_data);

G_DEFINE_FINAL_TYPE_WITH_CODE (BijouCacheSrc,
                               bijou_cache_src,
                               GST_TYPE_BASE_SRC,
                               G_IMPLEMENT_INTERFACE (GST_TYPE_URI_HANDLER,
                                                      bijou_cache_src_uri_handler_init))

static BijouByteSource *
ref_source (BijouCacheSrc *self)
{
  BijouByteSource *source;

  GST_OBJECT_LOCK (self);
  source = self->shared.source != NULL ? g_object_ref (self->shared.source) : NULL;
  GST_OBJECT_UNLOCK (self);
  return source;
}

static gboolean
bijou_cache_src_start (GstBaseSrc *base)
{
  g_autoptr (BijouByteSource) source = ref_source (BIJOU_CACHE_SRC (base));

  if (source == NULL)
    GST_ELEMENT_ERROR (base, RESOURCE, NOT_FOUND, ("No source of bytes is set."), (NULL));
  return source != NULL;
}

static gboolean
bijou_cache_src_get_size (GstBaseSrc *base, guint64 *size)
{
  g_autoptr (BijouByteSource) source = ref_source (BIJOU_CACHE_SRC (base));
  gint64 bytes = source != NULL ? bijou_byte_source_get_size (source) : -1;

  if (bytes < 0)
    return FALSE;
  *size = bytes;
  return TRUE;
}

static gboolean
bijou_cache_src_is_seekable (GstBaseSrc *base)
{
  return TRUE;
}

static GCancellable *
begin_read (BijouCacheSrc *self)
{
  GCancellable *cancellable;

  GST_OBJECT_LOCK (self);
  cancellable = g_object_ref (self->shared.cancellable);
  self->shared.waiting_since = g_get_monotonic_time ();
  GST_OBJECT_UNLOCK (self);
  return cancellable;
}

static void
end_read (BijouCacheSrc *self, const GError *error)
{
  GST_OBJECT_LOCK (self);
  self->shared.waiting_since = 0;
  if (error != NULL && !bijou_error_is_cancelled (error))
    {
      g_clear_error (&self->shared.error);
      self->shared.error = g_error_copy (error);
    }
  GST_OBJECT_UNLOCK (self);
}

/* Fills all of @buffer, unless the file ends before. Returns the bytes read, -1 on failure. */
static gssize
read_fully (BijouCacheSrc *self, gint64 offset, guint8 *data, gsize length, GError **error)
{
  g_autoptr (BijouByteSource) source = ref_source (self);
  gsize done = 0;

  while (done < length)
    {
      g_autoptr (GCancellable) cancellable = begin_read (self);
      g_autoptr (GError) local_error = NULL;
      gssize n;

      if (g_cancellable_is_cancelled (cancellable))
        {
          end_read (self, NULL);
          g_set_error_literal (error, BIJOU_ERROR, BIJOU_ERROR_CANCELLED, "cancelled");
          return -1;
        }
      n = bijou_byte_source_read_at (source, offset + done, data + done, length - done, cancellable,
                                     &local_error);

      end_read (self, local_error);
      if (n < 0)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return -1;
        }
      if (n == 0)
        break;
      done += n;
    }
  return done;
}

static GstFlowReturn
bijou_cache_src_fill (GstBaseSrc *base, guint64 offset, guint length, GstBuffer *buffer)
{
  BijouCacheSrc *self = BIJOU_CACHE_SRC (base);
  g_autoptr (GError) error = NULL;
  GstMapInfo map;
  gssize n;

  if (!gst_buffer_map (buffer, &map, GST_MAP_WRITE))
    return GST_FLOW_ERROR;
  n = read_fully (self, offset, map.data, MIN (length, map.size), &error);
  GST_LOG_OBJECT (self, "%" G_GSSIZE_FORMAT " of %u bytes at %" G_GUINT64_FORMAT, n, length,
                  offset);
  gst_buffer_unmap (buffer, &map);

  if (n < 0 && bijou_error_is_cancelled (error))
    return GST_FLOW_FLUSHING;
  if (n < 0)
    {
      GST_ELEMENT_ERROR (self, RESOURCE, READ, ("The film cannot be read."),
                         ("%s", error->message));
      return GST_FLOW_ERROR;
    }
  if (n == 0)
    return GST_FLOW_EOS;

  gst_buffer_resize (buffer, 0, n);
  GST_BUFFER_OFFSET (buffer) = offset;
  GST_BUFFER_OFFSET_END (buffer) = offset + n;
  return GST_FLOW_OK;
}

static gboolean
bijou_cache_src_unlock (GstBaseSrc *base)
{
  BijouCacheSrc *self = BIJOU_CACHE_SRC (base);
  g_autoptr (GCancellable) cancellable = NULL;

  GST_OBJECT_LOCK (self);
  cancellable = g_object_ref (self->shared.cancellable);
  GST_OBJECT_UNLOCK (self);

  /* Handlers of the signal take locks of their own. */
  g_cancellable_cancel (cancellable);
  return TRUE;
}

static gboolean
bijou_cache_src_unlock_stop (GstBaseSrc *base)
{
  BijouCacheSrc *self = BIJOU_CACHE_SRC (base);
  g_autoptr (GCancellable) old = NULL;

  GST_OBJECT_LOCK (self);
  if (!self->shared.closed)
    {
      old = g_steal_pointer (&self->shared.cancellable);
      self->shared.cancellable = g_cancellable_new ();
    }
  GST_OBJECT_UNLOCK (self);
  return TRUE;
}

static void
bijou_cache_src_set_property (GObject *object,
                              guint prop_id,
                              const GValue *value,
                              GParamSpec *pspec)
{
  BijouCacheSrc *self = BIJOU_CACHE_SRC (object);
  g_autoptr (BijouByteSource) old = NULL;

  switch ((BijouCacheSrcProps) prop_id)
    {
    case PROP_SOURCE:
      GST_OBJECT_LOCK (self);
      old = self->shared.source;
      self->shared.source = g_value_dup_object (value);
      GST_OBJECT_UNLOCK (self);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
bijou_cache_src_finalize (GObject *object)
{
  BijouCacheSrc *self = BIJOU_CACHE_SRC (object);

  g_clear_object (&self->shared.source);
  g_clear_object (&self->shared.cancellable);
  g_clear_error (&self->shared.error);
  g_free (self->shared.uri);

  G_OBJECT_CLASS (bijou_cache_src_parent_class)->finalize (object);
}

static void
bijou_cache_src_class_init (BijouCacheSrcClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseSrcClass *base_class = GST_BASE_SRC_CLASS (klass);

  GST_DEBUG_CATEGORY_INIT (bijou_cache_src_debug, "bijoucachesrc", 0, "Bijou cache source");

  object_class->set_property = bijou_cache_src_set_property;
  object_class->finalize = bijou_cache_src_finalize;

  base_class->start = bijou_cache_src_start;
  base_class->get_size = bijou_cache_src_get_size;
  base_class->is_seekable = bijou_cache_src_is_seekable;
  base_class->fill = bijou_cache_src_fill;
  base_class->unlock = bijou_cache_src_unlock;
  base_class->unlock_stop = bijou_cache_src_unlock_stop;

  props[PROP_SOURCE] = g_param_spec_object ("source", NULL, NULL, BIJOU_TYPE_BYTE_SOURCE,
                                            G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (props), props);

  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Bijou cache source", "Source/File",
                                         "Reads from Bijou's range cache", "Bijou");
}

static void
bijou_cache_src_init (BijouCacheSrc *self)
{
  self->shared.cancellable = g_cancellable_new ();
  gst_base_src_set_blocksize (GST_BASE_SRC (self), 64 * 1024);
}

static GstURIType
get_uri_type (GType type)
{
  return GST_URI_SRC;
}

static const gchar *const *
get_protocols (GType type)
{
  static const gchar *const protocols[] = { SCHEME, NULL };

  return protocols;
}

static gchar *
get_uri (GstURIHandler *handler)
{
  BijouCacheSrc *self = BIJOU_CACHE_SRC (handler);
  char *uri;

  GST_OBJECT_LOCK (self);
  uri = g_strdup (self->shared.uri);
  GST_OBJECT_UNLOCK (self);
  return uri;
}

static gboolean
set_uri (GstURIHandler *handler, const gchar *uri, GError **error)
{
  BijouCacheSrc *self = BIJOU_CACHE_SRC (handler);

  GST_OBJECT_LOCK (self);
  g_free (self->shared.uri);
  self->shared.uri = g_strdup (uri);
  GST_OBJECT_UNLOCK (self);
  return TRUE;
}

static void
bijou_cache_src_uri_handler_init (gpointer g_iface, gpointer iface_data)
{
  GstURIHandlerInterface *iface = g_iface;

  iface->get_type = get_uri_type;
  iface->get_protocols = get_protocols;
  iface->get_uri = get_uri;
  iface->set_uri = set_uri;
}

/**
 * bijou_cache_src_register:
 *
 * Makes the element known to GStreamer in this process. May be called again. Any thread, after
 * gst_init().
 */
void
bijou_cache_src_register (void)
{
  static gsize once;

  if (g_once_init_enter (&once))
    {
      gst_element_register (NULL, "bijoucachesrc", GST_RANK_PRIMARY, BIJOU_TYPE_CACHE_SRC);
      g_once_init_leave (&once, 1);
    }
}

/**
 * bijou_cache_src_close:
 * @self: the element
 *
 * Wakes the read at work and refuses all later ones, so that the pipeline comes to rest. Any
 * thread.
 */
void
bijou_cache_src_close (BijouCacheSrc *self)
{
  g_return_if_fail (BIJOU_IS_CACHE_SRC (self));

  GST_OBJECT_LOCK (self);
  self->shared.closed = TRUE;
  GST_OBJECT_UNLOCK (self);
  bijou_cache_src_unlock (GST_BASE_SRC (self));
}

gint64
bijou_cache_src_get_waiting_us (BijouCacheSrc *self)
{
  gint64 since;

  g_return_val_if_fail (BIJOU_IS_CACHE_SRC (self), 0);

  GST_OBJECT_LOCK (self);
  since = self->shared.waiting_since;
  GST_OBJECT_UNLOCK (self);
  return since != 0 ? g_get_monotonic_time () - since : 0;
}

GError *
bijou_cache_src_dup_error (BijouCacheSrc *self)
{
  GError *error;

  g_return_val_if_fail (BIJOU_IS_CACHE_SRC (self), NULL);

  GST_OBJECT_LOCK (self);
  error = self->shared.error != NULL ? g_error_copy (self->shared.error) : NULL;
  GST_OBJECT_UNLOCK (self);
  return error;
}
