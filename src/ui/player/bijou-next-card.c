#include "config.h"

#include "bijou-next-card.h"

#include "bijou-art.h"
#include "bijou-text.h"

#include <glib/gi18n.h>

#define CARD_WIDTH 500
#define STILL_WIDTH 200
#define STILL_HEIGHT 112
#define STILL_RADIUS 6
#define RING_SIZE 30
#define RING_LINE 3.0
#define TICK_MS 100

struct _BijouNextCard
{
  GtkBox parent_instance;

  GtkWidget *still; /* (unowned) */
  GtkWidget *title; /* (unowned) */
  GtkWidget *facts; /* (unowned) */
  GtkWidget *ring;  /* (unowned) */
  GtkWidget *play;  /* (unowned) */
  guint tick;
  int all_ms;
  int left_ms;
  gboolean paused;
};

G_DEFINE_FINAL_TYPE (BijouNextCard, bijou_next_card, GTK_TYPE_BOX)

enum
{
  SIGNAL_PLAY,
  SIGNAL_DISMISSED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
draw_ring (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer user_data)
{
  BijouNextCard *self = BIJOU_NEXT_CARD (user_data);
  double radius = MIN (width, height) / 2.0 - RING_LINE;
  double share = self->all_ms > 0 ? (double) self->left_ms / self->all_ms : 0;
  g_autofree char *text = g_strdup_printf ("%d", (self->left_ms + 999) / 1000);
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (area), text);
  int w;
  int h;

  cairo_translate (cr, width / 2.0, height / 2.0);
  cairo_set_line_width (cr, RING_LINE);
  cairo_set_source_rgba (cr, 1, 1, 1, .24);
  cairo_arc (cr, 0, 0, radius, 0, 2 * G_PI);
  cairo_stroke (cr);
  cairo_set_source_rgb (cr, 1, .361, .529);
  cairo_arc (cr, 0, 0, radius, -G_PI / 2, -G_PI / 2 + 2 * G_PI * share);
  cairo_stroke (cr);
  cairo_set_source_rgb (cr, 1, 1, 1);
  pango_layout_get_pixel_size (layout, &w, &h);
  cairo_move_to (cr, -w / 2.0, -h / 2.0);
  pango_cairo_show_layout (cr, layout);
}

static gboolean
on_tick_cb (gpointer user_data)
{
  BijouNextCard *self = BIJOU_NEXT_CARD (user_data);

  if (self->paused)
    return G_SOURCE_CONTINUE;
  self->left_ms -= TICK_MS;
  gtk_widget_queue_draw (self->ring);
  if (self->left_ms > 0)
    return G_SOURCE_CONTINUE;
  self->tick = 0;
  g_signal_emit (self, signals[SIGNAL_PLAY], 0);
  return G_SOURCE_REMOVE;
}

static void
on_play_cb (GtkButton *button, BijouNextCard *self)
{
  g_signal_emit (self, signals[SIGNAL_PLAY], 0);
}

static void
on_dismiss_cb (GtkButton *button, BijouNextCard *self)
{
  g_signal_emit (self, signals[SIGNAL_DISMISSED], 0);
}

/* --- widget --- */

static void
bijou_next_card_dispose (GObject *object)
{
  g_clear_handle_id (&BIJOU_NEXT_CARD (object)->tick, g_source_remove);

  G_OBJECT_CLASS (bijou_next_card_parent_class)->dispose (object);
}

static void
bijou_next_card_class_init (BijouNextCardClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bijou_next_card_dispose;

  signals[SIGNAL_PLAY] = g_signal_new ("play", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                       NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_DISMISSED] = g_signal_new ("dismissed", G_TYPE_FROM_CLASS (klass),
                                            G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static GtkWidget *
make_label (const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, css_class);
  return label;
}

static GtkWidget *
make_head (BijouNextCard *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *kicker = make_label (_ ("NEXT EPISODE"), "bijou-kicker");

  gtk_widget_set_hexpand (kicker, TRUE);
  self->ring = gtk_drawing_area_new ();
  gtk_widget_add_css_class (self->ring, "caption");
  gtk_drawing_area_set_content_width (GTK_DRAWING_AREA (self->ring), RING_SIZE);
  gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (self->ring), RING_SIZE);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (self->ring), draw_ring, self, NULL);
  gtk_box_append (GTK_BOX (box), kicker);
  gtk_box_append (GTK_BOX (box), self->ring);
  return box;
}

static GtkWidget *
make_button (BijouNextCard *self, const char *text, const char *css_class, GCallback callback)
{
  GtkWidget *button = gtk_button_new_with_label (text);

  gtk_widget_add_css_class (button, css_class);
  g_signal_connect (button, "clicked", callback, self);
  return button;
}

static void
add_texts (BijouNextCard *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);

  self->title = make_label (NULL, "heading");
  self->facts = make_label (NULL, "caption");
  gtk_widget_add_css_class (self->facts, "dim-label");
  self->play = make_button (self, _ ("Play Now"), "bijou-white", G_CALLBACK (on_play_cb));
  gtk_box_append (GTK_BOX (buttons), self->play);
  gtk_box_append (GTK_BOX (buttons), make_button (self, _ ("Watch Credits"), "bijou-glass",
                                                  G_CALLBACK (on_dismiss_cb)));
  gtk_widget_set_valign (buttons, GTK_ALIGN_END);
  gtk_widget_set_vexpand (buttons, TRUE);
  gtk_widget_set_margin_top (buttons, 6);
  gtk_widget_set_hexpand (box, TRUE);
  gtk_box_append (GTK_BOX (box), make_head (self));
  gtk_box_append (GTK_BOX (box), self->title);
  gtk_box_append (GTK_BOX (box), self->facts);
  gtk_box_append (GTK_BOX (box), buttons);
  gtk_box_append (GTK_BOX (self), box);
}

static void
bijou_next_card_init (BijouNextCard *self)
{
  gtk_widget_add_css_class (GTK_WIDGET (self), "bijou-panel");
  gtk_widget_add_css_class (GTK_WIDGET (self), "bijou-next");
  gtk_box_set_spacing (GTK_BOX (self), 16);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

GtkWidget *
bijou_next_card_new (BijouContext *context)
{
  BijouNextCard *self = g_object_new (BIJOU_TYPE_NEXT_CARD, NULL);

  self->still = bijou_art_new (context);
  bijou_art_set_size (BIJOU_ART (self->still), STILL_WIDTH, STILL_HEIGHT);
  bijou_art_set_radius (BIJOU_ART (self->still), STILL_RADIUS);
  gtk_widget_set_valign (self->still, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (self), self->still);
  add_texts (self);
  bijou_next_card_set_narrow (self, FALSE);
  return GTK_WIDGET (self);
}

void
bijou_next_card_show (BijouNextCard *self, BijouItem *item, int seconds)
{
  g_autofree char *title = NULL;
  g_autofree char *facts = NULL;

  g_return_if_fail (BIJOU_IS_NEXT_CARD (self));
  g_return_if_fail (BIJOU_IS_ITEM (item));

  title = item->episode >= 0 ? g_strdup_printf ("%d. %s", item->episode, item->title)
                             : g_strdup (item->title);
  facts = item->duration_ms > 0 ? bijou_text_format_duration (item->duration_ms) : NULL;
  gtk_label_set_text (GTK_LABEL (self->title), title);
  gtk_label_set_text (GTK_LABEL (self->facts), facts != NULL ? facts : "");
  bijou_art_set_placeholder (BIJOU_ART (self->still), NULL, "tv-symbolic");
  bijou_art_set_picture (BIJOU_ART (self->still), item->server_id,
                         item->still != NULL ? item->still : item->backdrop);
  self->all_ms = seconds * 1000;
  self->left_ms = self->all_ms;
  gtk_widget_set_visible (self->ring, seconds > 0);
  g_clear_handle_id (&self->tick, g_source_remove);
  if (seconds > 0)
    self->tick = g_timeout_add (TICK_MS, on_tick_cb, self);
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
}

void
bijou_next_card_hide (BijouNextCard *self)
{
  g_return_if_fail (BIJOU_IS_NEXT_CARD (self));

  g_clear_handle_id (&self->tick, g_source_remove);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

void
bijou_next_card_set_paused (BijouNextCard *self, gboolean paused)
{
  g_return_if_fail (BIJOU_IS_NEXT_CARD (self));

  self->paused = paused;
}

void
bijou_next_card_set_narrow (BijouNextCard *self, gboolean narrow)
{
  g_return_if_fail (BIJOU_IS_NEXT_CARD (self));

  gtk_widget_set_visible (self->still, !narrow);
  gtk_widget_set_size_request (GTK_WIDGET (self), narrow ? -1 : CARD_WIDTH, -1);
}
