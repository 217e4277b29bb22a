#include "config.h"

#include "bijou-detail-frame.h"

struct _BijouDetailFrame
{
  GtkWidget parent_instance;

  GtkWidget *overlay;           /* (unowned) child */
  GtkScrolledWindow *scroller;  /* (unowned) grandchild */
  GtkBox *box;                  /* (unowned) what scrolls */
  AdwHeaderBar *header;         /* (unowned) grandchild */
  AdwWindowTitle *window_title; /* (unowned) of the header */
  int threshold;
  gboolean solid;
};

G_DEFINE_FINAL_TYPE (BijouDetailFrame, bijou_detail_frame, GTK_TYPE_WIDGET)

static void
set_solid (BijouDetailFrame *self, gboolean solid)
{
  GtkWidget *header = GTK_WIDGET (self->header);

  if (self->solid == solid)
    return;
  self->solid = solid;
  gtk_widget_remove_css_class (header, solid ? "bijou-clear" : "bijou-solid");
  gtk_widget_add_css_class (header, solid ? "bijou-solid" : "bijou-clear");
}

static GtkAdjustment *
get_adjustment (BijouDetailFrame *self)
{
  return gtk_scrolled_window_get_vadjustment (self->scroller);
}

static void
on_scrolled_cb (GtkAdjustment *adjustment, gpointer user_data)
{
  BijouDetailFrame *self = user_data;

  set_solid (self, gtk_adjustment_get_value (adjustment) > self->threshold);
}

static void
bijou_detail_frame_dispose (GObject *object)
{
  BijouDetailFrame *self = BIJOU_DETAIL_FRAME (object);

  g_clear_pointer (&self->overlay, gtk_widget_unparent);
  G_OBJECT_CLASS (bijou_detail_frame_parent_class)->dispose (object);
}

static void
bijou_detail_frame_class_init (BijouDetailFrameClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bijou_detail_frame_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static GtkWidget *
make_header (BijouDetailFrame *self)
{
  GtkWidget *header = adw_header_bar_new ();
  GtkWidget *title = adw_window_title_new ("", "");

  self->header = ADW_HEADER_BAR (header);
  self->window_title = ADW_WINDOW_TITLE (title);
  adw_header_bar_set_title_widget (self->header, title);
  gtk_widget_add_css_class (header, "flat");
  gtk_widget_add_css_class (header, "bijou-clear");
  gtk_widget_set_valign (header, GTK_ALIGN_START);
  return header;
}

static void
bijou_detail_frame_init (BijouDetailFrame *self)
{
  GtkWidget *viewport = gtk_viewport_new (NULL, NULL);

  self->box = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 0));
  gtk_viewport_set_scroll_to_focus (GTK_VIEWPORT (viewport), TRUE);
  gtk_viewport_set_child (GTK_VIEWPORT (viewport), GTK_WIDGET (self->box));
  self->scroller = GTK_SCROLLED_WINDOW (gtk_scrolled_window_new ());
  gtk_scrolled_window_set_policy (self->scroller, GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (self->scroller, viewport);
  self->overlay = gtk_overlay_new ();
  gtk_overlay_set_child (GTK_OVERLAY (self->overlay), GTK_WIDGET (self->scroller));
  gtk_overlay_add_overlay (GTK_OVERLAY (self->overlay), make_header (self));
  gtk_widget_set_parent (self->overlay, GTK_WIDGET (self));
  self->threshold = 240;
  g_signal_connect_object (get_adjustment (self), "value-changed", G_CALLBACK (on_scrolled_cb),
                           self, 0);
}

/**
 * bijou_detail_frame_new:
 *
 * Returns: (transfer floating): a new frame
 */
GtkWidget *
bijou_detail_frame_new (void)
{
  return g_object_new (BIJOU_TYPE_DETAIL_FRAME, NULL);
}

/**
 * bijou_detail_frame_get_header:
 * @self: a frame
 *
 * Returns: (transfer none): its header
 */
AdwHeaderBar *
bijou_detail_frame_get_header (BijouDetailFrame *self)
{
  g_return_val_if_fail (BIJOU_IS_DETAIL_FRAME (self), NULL);
  return self->header;
}

/**
 * bijou_detail_frame_set_title:
 * @self: a frame
 * @title: what the header says once it is solid
 */
void
bijou_detail_frame_set_title (BijouDetailFrame *self, const char *title)
{
  g_return_if_fail (BIJOU_IS_DETAIL_FRAME (self));
  adw_window_title_set_title (self->window_title, title);
}

/**
 * bijou_detail_frame_append:
 * @self: a frame
 * @child: what comes next on the page
 */
void
bijou_detail_frame_append (BijouDetailFrame *self, GtkWidget *child)
{
  g_return_if_fail (BIJOU_IS_DETAIL_FRAME (self));
  gtk_box_append (self->box, child);
}

/**
 * bijou_detail_frame_set_threshold:
 * @self: a frame
 * @height: how far the page may be scrolled before the header is solid, in pixels
 */
void
bijou_detail_frame_set_threshold (BijouDetailFrame *self, int height)
{
  g_return_if_fail (BIJOU_IS_DETAIL_FRAME (self));
  self->threshold = height;
  on_scrolled_cb (get_adjustment (self), self);
}

/**
 * bijou_detail_frame_show_child:
 * @self: a frame
 * @child: a widget on the page
 *
 * Scrolls so that @child is visible, in the middle if it was not.
 *
 * Returns: whether the page has its size, so that it was possible
 */
gboolean
bijou_detail_frame_show_child (BijouDetailFrame *self, GtkWidget *child)
{
  GtkAdjustment *adjustment = get_adjustment (self);
  double page = gtk_adjustment_get_page_size (adjustment);
  double value = gtk_adjustment_get_value (adjustment);
  graphene_rect_t bounds;
  double top, bottom;

  if (page <= 0 || gtk_widget_get_height (child) <= 0 ||
      !gtk_widget_compute_bounds (child, GTK_WIDGET (self->box), &bounds))
    return FALSE;
  top = bounds.origin.y;
  bottom = top + bounds.size.height;
  if (top < value + 48 || bottom > value + page)
    gtk_adjustment_set_value (adjustment, top - (page - bounds.size.height) / 2);
  return TRUE;
}
