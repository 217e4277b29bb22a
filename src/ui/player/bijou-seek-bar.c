#include "config.h"

#include "bijou-seek-bar.h"

#include "bijou-text.h"

#include <glib/gi18n.h>

#define BAR_HEIGHT 28
#define TRACK_HEIGHT 6.0
#define TRACK_HEIGHT_HOVER 8.0
#define KNOB_RADIUS 7.0
#define GAP 2.5

struct _BijouSeekBar
{
  GtkWidget parent_instance;

  GArray *cached; /* (owned) of BijouPlaybackRange */
  GArray *gaps;   /* (owned) of gint64, starts of chapters in ms */
  GArray *lines;  /* (owned) of BijouSegment, intro and credits */
  gint64 position_ms;
  gint64 duration_ms;
  double pointer_x; /* -1: it is not over the bar */
  double drag_x;    /* -1: no drag */
};

G_DEFINE_FINAL_TYPE (BijouSeekBar, bijou_seek_bar, GTK_TYPE_WIDGET)

enum
{
  SIGNAL_SEEK,
  SIGNAL_PREVIEW,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static gboolean
is_rtl (BijouSeekBar *self)
{
  return gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
}

static double
get_x (BijouSeekBar *self, double fraction)
{
  double width = gtk_widget_get_width (GTK_WIDGET (self));

  fraction = CLAMP (fraction, 0.0, 1.0);
  return width * (is_rtl (self) ? 1.0 - fraction : fraction);
}

static gint64
get_time (BijouSeekBar *self, double x)
{
  double width = MAX (gtk_widget_get_width (GTK_WIDGET (self)), 1);
  double fraction = CLAMP (x / width, 0.0, 1.0);

  return self->duration_ms * (is_rtl (self) ? 1.0 - fraction : fraction);
}

static double
get_fraction (BijouSeekBar *self, gint64 time_ms)
{
  return self->duration_ms > 0 ? (double) time_ms / self->duration_ms : 0;
}

static void
append_span (BijouSeekBar *self,
             GtkSnapshot *snapshot,
             const GdkRGBA *colour,
             double from,
             double to,
             double top,
             double height)
{
  double a = get_x (self, from);
  double b = get_x (self, to);

  if (ABS (b - a) >= 0.5)
    gtk_snapshot_append_color (snapshot, colour,
                               &GRAPHENE_RECT_INIT (MIN (a, b), top, ABS (b - a), height));
}

static void
snapshot_spans (BijouSeekBar *self, GtkSnapshot *snapshot, double top, double height)
{
  const GdkRGBA rest = { 1, 1, 1, .24 };
  const GdkRGBA cached = { 1, 1, 1, .36 };
  const GdkRGBA played = { 1, .361f, .529f, 1 };
  const GdkRGBA line = { 1, .812f, .439f, 1 };

  append_span (self, snapshot, &rest, 0, 1, top, height);
  for (guint i = 0; i < self->cached->len; i++)
    {
      const BijouPlaybackRange *range = &g_array_index (self->cached, BijouPlaybackRange, i);

      append_span (self, snapshot, &cached, range->from, range->to, top, height);
    }
  append_span (self, snapshot, &played, 0,
               self->drag_x >= 0 ? get_fraction (self, get_time (self, self->drag_x))
                                 : get_fraction (self, self->position_ms),
               top, height);
  for (guint i = 0; i < self->lines->len; i++)
    {
      const BijouSegment *segment = &g_array_index (self->lines, BijouSegment, i);

      append_span (self, snapshot, &line, get_fraction (self, segment->start_ms),
                   get_fraction (self, segment->end_ms), top + height - 2, 2);
    }
}

/* The track without its gaps: one rounded piece for each chapter. */
static void
snapshot_track (BijouSeekBar *self, GtkSnapshot *snapshot, double top, double height)
{
  double width = gtk_widget_get_width (GTK_WIDGET (self));
  double from = 0;

  for (guint i = 0; i <= self->gaps->len; i++)
    {
      gboolean is_last = i == self->gaps->len;
      double at = is_last ? 1 : get_fraction (self, g_array_index (self->gaps, gint64, i));
      double to = is_last ? width : CLAMP (at, 0.0, 1.0) * width - GAP / 2;
      double x = is_rtl (self) ? width - to : from;
      GskRoundedRect clip;

      if (to - from < 1)
        continue;
      gsk_rounded_rect_init_from_rect (&clip, &GRAPHENE_RECT_INIT (x, top, to - from, height),
                                       width > to - from && !is_last && i > 0 ? 0 : height / 2);
      gtk_snapshot_push_rounded_clip (snapshot, &clip);
      snapshot_spans (self, snapshot, top, height);
      gtk_snapshot_pop (snapshot);
      from = to + GAP;
    }
}

static void
snapshot_disc (GtkSnapshot *snapshot, double x, double y, double radius, const GdkRGBA *colour)
{
  GskRoundedRect disc;

  gsk_rounded_rect_init_from_rect (
      &disc, &GRAPHENE_RECT_INIT (x - radius, y - radius, 2 * radius, 2 * radius), radius);
  gtk_snapshot_push_rounded_clip (snapshot, &disc);
  gtk_snapshot_append_color (snapshot, colour, &disc.bounds);
  gtk_snapshot_pop (snapshot);
}

static void
bijou_seek_bar_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  BijouSeekBar *self = BIJOU_SEEK_BAR (widget);
  gboolean hot = self->pointer_x >= 0 || self->drag_x >= 0;
  double height = hot ? TRACK_HEIGHT_HOVER : TRACK_HEIGHT;
  double middle = gtk_widget_get_height (widget) / 2.0;
  double knob =
      self->drag_x >= 0 ? self->drag_x : get_x (self, get_fraction (self, self->position_ms));
  const GdkRGBA white = { 1, 1, 1, 1 };
  const GdkRGBA ring = { 0, 0, 0, .35 };
  const GdkRGBA tick = { 1, 1, 1, .9 };

  snapshot_track (self, snapshot, middle - height / 2, height);
  if (self->duration_ms <= 0)
    return;
  if (self->pointer_x >= 0 && self->drag_x < 0)
    gtk_snapshot_append_color (snapshot, &tick,
                               &GRAPHENE_RECT_INIT (self->pointer_x - 1, middle - 7, 2, 14));
  snapshot_disc (snapshot, knob, middle, KNOB_RADIUS + 1, &ring);
  snapshot_disc (snapshot, knob, middle, KNOB_RADIUS, &white);
  if (gtk_widget_has_visible_focus (widget))
    {
      const float widths[] = { 2, 2, 2, 2 };
      const GdkRGBA colours[] = { white, white, white, white };
      GskRoundedRect outline;

      gsk_rounded_rect_init_from_rect (&outline,
                                       &GRAPHENE_RECT_INIT (knob - 11, middle - 11, 22, 22), 11);
      gtk_snapshot_append_border (snapshot, &outline, widths, colours);
    }
}

static void
bijou_seek_bar_measure (GtkWidget *widget,
                        GtkOrientation orientation,
                        int for_size,
                        int *minimum,
                        int *natural,
                        int *minimum_baseline,
                        int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_VERTICAL ? BAR_HEIGHT : 80;
  *natural = *minimum;
}

static void
emit_preview (BijouSeekBar *self, double x)
{
  g_signal_emit (self, signals[SIGNAL_PREVIEW], 0, x < 0 ? (gint64) -1 : get_time (self, x), x);
}

static void
move_pointer (BijouSeekBar *self, double x)
{
  self->pointer_x = x;
  if (self->drag_x < 0)
    emit_preview (self, x);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_motion_cb (GtkEventControllerMotion *motion, double x, double y, BijouSeekBar *self)
{
  move_pointer (self, CLAMP (x, 0, gtk_widget_get_width (GTK_WIDGET (self))));
}

static void
on_leave_cb (GtkEventControllerMotion *motion, BijouSeekBar *self)
{
  move_pointer (self, -1);
}

static void
drag_to (BijouSeekBar *self, double x)
{
  self->drag_x = CLAMP (x, 0, gtk_widget_get_width (GTK_WIDGET (self)));
  emit_preview (self, self->drag_x);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_drag_begin_cb (GtkGestureDrag *drag, double x, double y, BijouSeekBar *self)
{
  gtk_gesture_set_state (GTK_GESTURE (drag), GTK_EVENT_SEQUENCE_CLAIMED);
  drag_to (self, x);
}

static void
on_drag_update_cb (GtkGestureDrag *drag, double dx, double dy, BijouSeekBar *self)
{
  double x;
  double y;

  if (gtk_gesture_drag_get_start_point (drag, &x, &y))
    drag_to (self, x + dx);
}

static void
on_drag_end_cb (GtkGestureDrag *drag, double dx, double dy, BijouSeekBar *self)
{
  gint64 target = get_time (self, self->drag_x);

  if (self->drag_x < 0)
    return;
  self->drag_x = -1;
  self->position_ms = target;
  emit_preview (self, self->pointer_x);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[SIGNAL_SEEK], 0, target);
}

static void
on_drag_cancel_cb (GtkGesture *drag, GdkEventSequence *sequence, BijouSeekBar *self)
{
  self->drag_x = -1;
  emit_preview (self, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
bijou_seek_bar_finalize (GObject *object)
{
  BijouSeekBar *self = BIJOU_SEEK_BAR (object);

  g_array_unref (self->cached);
  g_array_unref (self->gaps);
  g_array_unref (self->lines);

  G_OBJECT_CLASS (bijou_seek_bar_parent_class)->finalize (object);
}

static void
bijou_seek_bar_class_init (BijouSeekBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = bijou_seek_bar_finalize;
  widget_class->snapshot = bijou_seek_bar_snapshot;
  widget_class->measure = bijou_seek_bar_measure;
  gtk_widget_class_set_css_name (widget_class, "bijou-seek-bar");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_SLIDER);

  signals[SIGNAL_SEEK] = g_signal_new ("seek", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                       NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
  signals[SIGNAL_PREVIEW] =
      g_signal_new ("preview", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 2, G_TYPE_INT64, G_TYPE_DOUBLE);
}

static void
add_controllers (BijouSeekBar *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkGesture *drag = gtk_gesture_drag_new ();

  g_signal_connect (motion, "enter", G_CALLBACK (on_motion_cb), self);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion_cb), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);

  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin_cb), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update_cb), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (on_drag_end_cb), self);
  g_signal_connect (drag, "cancel", G_CALLBACK (on_drag_cancel_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
}

static void
bijou_seek_bar_init (BijouSeekBar *self)
{
  self->cached = g_array_new (FALSE, FALSE, sizeof (BijouPlaybackRange));
  self->gaps = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->lines = g_array_new (FALSE, FALSE, sizeof (BijouSegment));
  self->pointer_x = -1;
  self->drag_x = -1;
  add_controllers (self);
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_hexpand (GTK_WIDGET (self), TRUE);
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Position"), -1);
}

void
bijou_seek_bar_set_position (BijouSeekBar *self, gint64 position_ms, gint64 duration_ms)
{
  g_autofree char *text = NULL;

  g_return_if_fail (BIJOU_IS_SEEK_BAR (self));

  if (position_ms == self->position_ms && duration_ms == self->duration_ms)
    return;
  self->position_ms = position_ms;
  self->duration_ms = duration_ms;
  text = bijou_text_format_position (position_ms);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_VALUE_MIN, 0.0,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_MAX, duration_ms / 1000.0,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_NOW, position_ms / 1000.0,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
bijou_seek_bar_set_cached (BijouSeekBar *self, GArray *ranges)
{
  g_return_if_fail (BIJOU_IS_SEEK_BAR (self));

  g_array_set_size (self->cached, 0);
  if (ranges != NULL && ranges->len > 0)
    g_array_append_vals (self->cached, ranges->data, ranges->len);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
bijou_seek_bar_set_marks (BijouSeekBar *self, GPtrArray *chapters, GPtrArray *segments)
{
  g_return_if_fail (BIJOU_IS_SEEK_BAR (self));

  g_array_set_size (self->gaps, 0);
  g_array_set_size (self->lines, 0);
  for (guint i = 0; chapters != NULL && i < chapters->len; i++)
    {
      const BijouChapter *chapter = g_ptr_array_index (chapters, i);

      if (chapter->start_ms > 0)
        g_array_append_val (self->gaps, chapter->start_ms);
    }
  for (guint i = 0; segments != NULL && i < segments->len; i++)
    {
      const BijouSegment *segment = g_ptr_array_index (segments, i);

      if (segment->kind == BIJOU_SEGMENT_INTRO || segment->kind == BIJOU_SEGMENT_CREDITS)
        g_array_append_vals (self->lines, segment, 1);
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

gboolean
bijou_seek_bar_is_dragging (BijouSeekBar *self)
{
  g_return_val_if_fail (BIJOU_IS_SEEK_BAR (self), FALSE);

  return self->drag_x >= 0;
}
