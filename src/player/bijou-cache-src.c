#include "config.h"

#include "bijou-cache-src.h"

#include "bijou-error.h"

GST_DEBUG_CATEGORY_STATIC (bijou_cache_src_debug);
#define GST_CAT_DEFAULT bijou_cache_src_debug

#define SCHEME "bijou-cache"
/* A read that waits for so long has nothing to give; queues behind it may. */
#define STALL_US (400 * G_TIME_SPAN_MILLISECOND)
/* How often that is looked at. */
#define PULSE (100 * GST_MSECOND)
/* A source that does not tell what it has is over a stall after so many looks without one. */
#define QUIET_PULSES 6

struct _BijouCacheSrc
{
  GstBaseSrc parent_instance;

  GstClockID pulse; /* (owned) (nullable) while it is started */

  struct /* only with GST_OBJECT_LOCK held */
  {
    BijouByteSource *source;   /* (owned) (nullable) */
    GCancellable *cancellable; /* (owned) of the read at work */
    GError *error;             /* (owned) (nullable) why reading failed */
    char *uri;                 /* (owned) (nullable) */
    gint64 waiting_since;      /* monotonic µs, 0 no read at work */
    gint64 offset;             /* of the read at work, or the byte after the last one */
    gboolean buffering;        /* a read waited for too long, and too little came since */
    int percent;               /* of what is enough, while buffering */
    guint quiet;               /* pulses since a read last waited, while buffering */
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
bijou_cache_src_get_size (GstBaseSrc *base, guint64 *size)
{
  g_autoptr (BijouByteSource) source = ref_source (BIJOU_CACHE_SRC (base));
  gint64 bytes = source != NULL ? bijou_byte_source_get_size (source) : -1;

  if (bytes < 0)
    return FALSE;
  *size = bytes;
  return TRUE;
}

/* Also with no ranges: then it waits for all that is before. */
static gboolean
bijou_cache_src_is_seekable (GstBaseSrc *base)
{
  g_autoptr (BijouByteSource) source = ref_source (BIJOU_CACHE_SRC (base));

  return source != NULL && bijou_byte_source_get_size (source) >= 0;
}

/* --- buffering --- */

/* With the object's lock held. */
static gboolean
has_come (BijouCacheSrc *self, const BijouByteFill *fill)
{
  if (fill != NULL)
    {
      self->shared.percent = (int) MIN (fill->ahead * 100 / MAX (fill->goal, 1), 99);
      return fill->complete || fill->ahead >= fill->goal;
    }
  self->shared.quiet = self->shared.waiting_since != 0 ? 0 : self->shared.quiet + 1;
  return self->shared.quiet >= QUIET_PULSES;
}

/* With the object's lock held. Returns whether there is something to tell. */
static gboolean
update_buffering (BijouCacheSrc *self, const BijouByteFill *fill)
{
  gint64 since = self->shared.waiting_since;
  int before = self->shared.percent;

  if (!self->shared.buffering)
    {
      if (since == 0 || g_get_monotonic_time () - since < STALL_US)
        return FALSE;
      self->shared.buffering = TRUE;
      self->shared.percent = 0;
      self->shared.quiet = 0;
      return TRUE;
    }
  if (has_come (self, fill))
    {
      self->shared.buffering = FALSE;
      self->shared.percent = 100;
    }
  return self->shared.percent != before;
}

static void
post_buffering (BijouCacheSrc *self, int percent, gint64 rate)
{
  GstMessage *message = gst_message_new_buffering (GST_OBJECT (self), percent);

  GST_DEBUG_OBJECT (self, "buffering %d", percent);
  gst_message_set_buffering_stats (message, GST_BUFFERING_DOWNLOAD, (int) MIN (rate, G_MAXINT), -1,
                                   -1);
  gst_element_post_message (GST_ELEMENT (self), message);
}

/* On the thread of the system's clock. */
static gboolean
on_pulse_cb (GstClock *clock, GstClockTime time, GstClockID id, gpointer user_data)
{
  BijouCacheSrc *self = BIJOU_CACHE_SRC (user_data);
  g_autoptr (BijouByteSource) source = ref_source (self);
  BijouByteFill fill = { 0 };
  gboolean tells = FALSE;
  gint64 offset;
  int percent;

  GST_OBJECT_LOCK (self);
  offset = self->shared.offset;
  GST_OBJECT_UNLOCK (self);
  if (source != NULL && bijou_cache_src_is_buffering (self))
    tells = bijou_byte_source_get_fill (source, offset, &fill);

  GST_OBJECT_LOCK (self);
  tells = update_buffering (self, tells ? &fill : NULL);
  percent = self->shared.percent;
  GST_OBJECT_UNLOCK (self);
  if (tells)
    post_buffering (self, percent, fill.rate);
  return TRUE;
}

static gboolean
bijou_cache_src_start (GstBaseSrc *base)
{
  BijouCacheSrc *self = BIJOU_CACHE_SRC (base);
  g_autoptr (BijouByteSource) source = ref_source (self);
  g_autoptr (GstClock) clock = NULL;

  if (source == NULL)
    {
      GST_ELEMENT_ERROR (base, RESOURCE, NOT_FOUND, ("No source of bytes is set."), (NULL));
      return FALSE;
    }
  GST_OBJECT_LOCK (self);
  self->shared.buffering = FALSE;
  self->shared.waiting_since = 0;
  GST_OBJECT_UNLOCK (self);
  /* The size may come with the last byte. */
  gst_base_src_set_dynamic_size (base, bijou_byte_source_get_size (source) < 0);
  clock = gst_system_clock_obtain ();
  self->pulse = gst_clock_new_periodic_id (clock, gst_clock_get_time (clock) + PULSE, PULSE);
  gst_clock_id_wait_async (self->pulse, on_pulse_cb, gst_object_ref (self), gst_object_unref);
  return TRUE;
}

static gboolean
bijou_cache_src_stop (GstBaseSrc *base)
{
  BijouCacheSrc *self = BIJOU_CACHE_SRC (base);

  gst_clock_id_unschedule (self->pulse);
  g_clear_pointer (&self->pulse, gst_clock_id_unref);
  return TRUE;
}

/* --- queries --- */

/* With no ranges a demuxer that may read anywhere would begin with the index at the end. */
static void
answer_scheduling (BijouCacheSrc *self, GstQuery *query)
{
  GstSchedulingFlags flags = GST_SCHEDULING_FLAG_SEQUENTIAL;

  if (bijou_cache_src_is_seekable (GST_BASE_SRC (self)))
    flags |= GST_SCHEDULING_FLAG_SEEKABLE;
  gst_query_set_scheduling (query, flags, 1, -1, 0);
  gst_query_add_scheduling_mode (query, GST_PAD_MODE_PUSH);
}

static gint64
to_format (gint64 offset, gint64 size, GstFormat format)
{
  if (format == GST_FORMAT_BYTES)
    return offset;
  return gst_util_uint64_scale (offset, GST_FORMAT_PERCENT_MAX, MAX (size, 1));
}

static gboolean
answer_buffering (BijouCacheSrc *self, BijouByteSource *source, GstQuery *query)
{
  g_autoptr (BijouRangeMap) extents = bijou_byte_source_get_extents (source);
  gint64 size = bijou_byte_source_get_size (source);
  BijouByteFill fill = { 0 };
  GstFormat format;
  gboolean busy;
  int percent;
  gint64 offset, left_ms = -1;

  gst_query_parse_buffering_range (query, &format, NULL, NULL, NULL);
  if (extents == NULL || size < 0 || (format != GST_FORMAT_BYTES && format != GST_FORMAT_PERCENT))
    return FALSE;

  GST_OBJECT_LOCK (self);
  busy = self->shared.buffering;
  percent = busy ? self->shared.percent : 100;
  offset = self->shared.offset;
  GST_OBJECT_UNLOCK (self);
  if (bijou_byte_source_get_fill (source, offset, &fill) && fill.rate > 0)
    left_ms = (size - bijou_range_map_get_total (extents)) * 1000 / fill.rate;

  gst_query_set_buffering_percent (query, busy, percent);
  gst_query_set_buffering_stats (query, GST_BUFFERING_DOWNLOAD, (int) MIN (fill.rate, G_MAXINT), -1,
                                 left_ms);
  gst_query_set_buffering_range (query, format, to_format (offset, size, format),
                                 to_format (MIN (offset + fill.ahead, size), size, format),
                                 left_ms);
  for (guint i = 0; i < bijou_range_map_get_length (extents); i++)
    gst_query_add_buffering_range (query,
                                   to_format (bijou_range_map_get (extents, i)->from, size, format),
                                   to_format (bijou_range_map_get (extents, i)->to, size, format));
  return TRUE;
}

static gboolean
bijou_cache_src_query (GstBaseSrc *base, GstQuery *query)
{
  BijouCacheSrc *self = BIJOU_CACHE_SRC (base);
  g_autoptr (BijouByteSource) source = ref_source (self);

  if (source != NULL && GST_QUERY_TYPE (query) == GST_QUERY_BUFFERING)
    return answer_buffering (self, source, query);
  if (source != NULL && GST_QUERY_TYPE (query) == GST_QUERY_SCHEDULING &&
      !(bijou_byte_source_is_random (source) && bijou_cache_src_is_seekable (base)))
    {
      answer_scheduling (self, query);
      return TRUE;
    }
  return GST_BASE_SRC_CLASS (bijou_cache_src_parent_class)->query (base, query);
}

/* --- reading --- */

static GCancellable *
begin_read (BijouCacheSrc *self, gint64 offset)
{
  GCancellable *cancellable;

  GST_OBJECT_LOCK (self);
  self->shared.offset = offset;
  cancellable = g_object_ref (self->shared.cancellable);
  self->shared.waiting_since = g_get_monotonic_time ();
  GST_OBJECT_UNLOCK (self);
  return cancellable;
}

static void
end_read (BijouCacheSrc *self, gint64 end, const GError *error)
{
  GST_OBJECT_LOCK (self);
  self->shared.waiting_since = 0;
  self->shared.offset = end;
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
      g_autoptr (GCancellable) cancellable = begin_read (self, offset + done);
      g_autoptr (GError) local_error = NULL;
      gssize n;

      if (g_cancellable_is_cancelled (cancellable))
        {
          end_read (self, offset + done, NULL);
          g_set_error_literal (error, BIJOU_ERROR, BIJOU_ERROR_CANCELLED, "cancelled");
          return -1;
        }
      n = bijou_byte_source_read_at (source, offset + done, data + done, length - done, cancellable,
                                     &local_error);

      end_read (self, offset + done + MAX (n, 0), local_error);
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
  base_class->stop = bijou_cache_src_stop;
  base_class->query = bijou_cache_src_query;
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

gboolean
bijou_cache_src_is_buffering (BijouCacheSrc *self)
{
  gboolean buffering;

  g_return_val_if_fail (BIJOU_IS_CACHE_SRC (self), FALSE);

  GST_OBJECT_LOCK (self);
  buffering = self->shared.buffering;
  GST_OBJECT_UNLOCK (self);
  return buffering;
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
