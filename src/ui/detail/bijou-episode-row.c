#include "config.h"

#include "bijou-episode-row.h"

#include "bijou-art.h"
#include "bijou-item-menu.h"
#include "bijou-item-text.h"
#include "bijou-text.h"

#include <glib/gi18n.h>

struct _BijouEpisodeRow
{
  GtkListBoxRow parent_instance;

  GtkWidget *box;      /* (unowned) template child */
  GtkWidget *text;     /* (unowned) template child */
  GtkLabel *kicker;    /* (unowned) template child */
  GtkLabel *title;     /* (unowned) template child */
  GtkLabel *length;    /* (unowned) template child */
  GtkLabel *left;      /* (unowned) template child */
  GtkLabel *overview;  /* (unowned) template child */
  GtkWidget *buttons;  /* (unowned) template child */
  GtkWidget *download; /* (unowned) template child */
  GtkMenuButton *more; /* (unowned) template child */
  BijouArt *art;       /* (unowned) in the box */
  BijouItem *episode;  /* (owned) (nullable) */
  gboolean is_next;
  gboolean narrow;
};

G_DEFINE_FINAL_TYPE (BijouEpisodeRow, bijou_episode_row, GTK_TYPE_LIST_BOX_ROW)

static void
on_download_cb (GtkButton *button, gpointer user_data)
{
  BijouEpisodeRow *self = BIJOU_EPISODE_ROW (user_data);
  g_autofree char *key = bijou_item_dup_key (self->episode);

  gtk_widget_activate_action (GTK_WIDGET (self), "win.download-item", "(sb)", key, TRUE);
}

static void
on_menu_pressed_cb (GtkGestureClick *gesture, int n_press, double x, double y, gpointer user_data)
{
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  gtk_menu_button_popup (BIJOU_EPISODE_ROW (user_data)->more);
}

static gboolean
on_key_pressed_cb (GtkEventControllerKey *controller,
                   guint keyval,
                   guint keycode,
                   GdkModifierType state,
                   gpointer user_data)
{
  BijouEpisodeRow *self = user_data;
  GdkModifierType modifiers = state & gtk_accelerator_get_default_mod_mask ();

  if (keyval == GDK_KEY_w && modifiers == 0)
    bijou_item_toggle_watched (GTK_WIDGET (self), self->episode);
  else if (keyval == GDK_KEY_d && modifiers == GDK_CONTROL_MASK)
    bijou_item_toggle_favourite (GTK_WIDGET (self), self->episode);
  else if ((keyval == GDK_KEY_Menu && modifiers == 0) ||
           (keyval == GDK_KEY_F10 && modifiers == GDK_SHIFT_MASK))
    gtk_menu_button_popup (self->more);
  else
    return FALSE;
  return TRUE;
}

static void
update_light (BijouEpisodeRow *self)
{
  GtkStateFlags flags = gtk_widget_get_state_flags (GTK_WIDGET (self));
  gboolean lit = (flags & (GTK_STATE_FLAG_PRELIGHT | GTK_STATE_FLAG_FOCUS_VISIBLE)) != 0;

  bijou_art_set_play_disc (self->art, lit || (self->is_next && !self->narrow));
}

static void
bijou_episode_row_state_flags_changed (GtkWidget *widget, GtkStateFlags previous)
{
  BijouEpisodeRow *self = BIJOU_EPISODE_ROW (widget);

  GTK_WIDGET_CLASS (bijou_episode_row_parent_class)->state_flags_changed (widget, previous);
  if (self->art != NULL)
    update_light (self);
}

static void
bijou_episode_row_map (GtkWidget *widget)
{
  BijouEpisodeRow *self = BIJOU_EPISODE_ROW (widget);

  GTK_WIDGET_CLASS (bijou_episode_row_parent_class)->map (widget);
  gtk_widget_set_visible (self->download, bijou_widget_has_action (widget, "download-item"));
}

static void
bijou_episode_row_dispose (GObject *object)
{
  BijouEpisodeRow *self = BIJOU_EPISODE_ROW (object);

  self->art = NULL;
  g_clear_object (&self->episode);
  /* The row keeps a pointer to its child that disposing of the template would leave behind. */
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (self), NULL);
  G_OBJECT_CLASS (bijou_episode_row_parent_class)->dispose (object);
}

static void
bijou_episode_row_class_init (BijouEpisodeRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bijou_episode_row_dispose;
  widget_class->state_flags_changed = bijou_episode_row_state_flags_changed;
  widget_class->map = bijou_episode_row_map;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/bijouplayer/Bijou/ui/bijou-episode-row.ui");
  gtk_widget_class_bind_template_child (widget_class, BijouEpisodeRow, box);
  gtk_widget_class_bind_template_child (widget_class, BijouEpisodeRow, text);
  gtk_widget_class_bind_template_child (widget_class, BijouEpisodeRow, kicker);
  gtk_widget_class_bind_template_child (widget_class, BijouEpisodeRow, title);
  gtk_widget_class_bind_template_child (widget_class, BijouEpisodeRow, length);
  gtk_widget_class_bind_template_child (widget_class, BijouEpisodeRow, left);
  gtk_widget_class_bind_template_child (widget_class, BijouEpisodeRow, overview);
  gtk_widget_class_bind_template_child (widget_class, BijouEpisodeRow, buttons);
  gtk_widget_class_bind_template_child (widget_class, BijouEpisodeRow, download);
  gtk_widget_class_bind_template_child (widget_class, BijouEpisodeRow, more);
  gtk_widget_class_bind_template_callback (widget_class, on_download_cb);
}

static void
bijou_episode_row_init (BijouEpisodeRow *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key_pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  g_signal_connect (click, "pressed", G_CALLBACK (on_menu_pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}

/**
 * bijou_episode_row_new:
 * @context: where pictures come from
 *
 * Returns: (transfer floating): a new row
 */
GtkWidget *
bijou_episode_row_new (BijouContext *context)
{
  BijouEpisodeRow *self = g_object_new (BIJOU_TYPE_EPISODE_ROW, NULL);
  GtkWidget *art = bijou_art_new (context);

  self->art = BIJOU_ART (art);
  bijou_art_set_radius (self->art, 6);
  gtk_box_prepend (GTK_BOX (self->box), art);
  bijou_episode_row_set_width_class (self, BIJOU_WIDTH_NORMAL);
  return GTK_WIDGET (self);
}

static void
set_label (GtkLabel *label, const char *text)
{
  gtk_label_set_label (label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL && *text != '\0');
}

static char *
make_title (BijouItem *episode)
{
  if (episode->episode < 0)
    return g_strdup (episode->title);
  if (episode->episode_end > episode->episode)
    return g_strdup_printf ("%d–%d. %s", episode->episode, episode->episode_end, episode->title);
  return g_strdup_printf ("%d. %s", episode->episode, episode->title);
}

static void
show_art (BijouEpisodeRow *self)
{
  BijouItem *episode = self->episode;
  gboolean begun = bijou_item_is_in_progress (episode);

  bijou_art_set_placeholder (self->art, NULL, "tv-symbolic");
  bijou_art_set_picture (self->art, episode->server_id,
                         episode->still != NULL ? episode->still : episode->backdrop);
  bijou_art_set_progress (self->art, begun ? bijou_item_get_fraction (episode) : -1);
  bijou_art_set_badge (self->art, episode->watched ? BIJOU_BADGE_WATCHED : BIJOU_BADGE_NONE, NULL);
  bijou_art_set_dimmed (self->art, !episode->has_media && episode->duration_ms == 0);
}

static void
show_lines (BijouEpisodeRow *self)
{
  BijouItem *episode = self->episode;
  gboolean begun = bijou_item_is_in_progress (episode);
  g_autofree char *title = make_title (episode);
  g_autofree char *length =
      episode->duration_ms > 0 ? bijou_text_format_duration (episode->duration_ms) : NULL;
  g_autofree char *left = bijou_item_text_left (episode);
  const char *next = begun ? _ ("CONTINUE") : _ ("UP NEXT");

  set_label (self->kicker, self->is_next ? next : NULL);
  set_label (self->title, title);
  set_label (self->length, self->narrow ? NULL : length);
  set_label (self->left, left != NULL ? left : self->narrow ? length : NULL);
  set_label (self->overview, episode->overview);
}

static void
show_episode (BijouEpisodeRow *self)
{
  g_autoptr (GMenuModel) menu = bijou_item_menu_new (self->episode);
  g_autofree char *title = make_title (self->episode);
  g_autofree char *left = bijou_item_text_left (self->episode);
  g_autofree char *name = g_strjoin (", ", title,
                                     left != NULL             ? left
                                     : self->episode->watched ? _ ("Watched")
                                                              : NULL,
                                     NULL);

  show_art (self);
  show_lines (self);
  gtk_menu_button_set_menu_model (self->more, menu);
  if (self->is_next)
    gtk_widget_add_css_class (GTK_WIDGET (self), "next");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "next");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  update_light (self);
}

/**
 * bijou_episode_row_set_episode:
 * @self: a row
 * @episode: what it shows
 * @is_next: whether it is the one to watch next
 */
void
bijou_episode_row_set_episode (BijouEpisodeRow *self, BijouItem *episode, gboolean is_next)
{
  g_return_if_fail (BIJOU_IS_EPISODE_ROW (self));
  g_set_object (&self->episode, episode);
  self->is_next = is_next;
  show_episode (self);
}

/**
 * bijou_episode_row_get_episode:
 * @self: a row
 *
 * Returns: (transfer none) (nullable): what it shows
 */
BijouItem *
bijou_episode_row_get_episode (BijouEpisodeRow *self)
{
  g_return_val_if_fail (BIJOU_IS_EPISODE_ROW (self), NULL);
  return self->episode;
}

/**
 * bijou_episode_row_set_width_class:
 * @self: a row
 * @width_class: of the window
 */
void
bijou_episode_row_set_width_class (BijouEpisodeRow *self, BijouWidthClass width_class)
{
  gboolean narrow = width_class == BIJOU_WIDTH_NARROW;

  g_return_if_fail (BIJOU_IS_EPISODE_ROW (self));
  self->narrow = narrow;
  bijou_art_set_size (self->art, narrow ? 112 : 168, narrow ? 63 : 94);
  gtk_widget_set_valign (GTK_WIDGET (self->art), narrow ? GTK_ALIGN_START : GTK_ALIGN_CENTER);
  gtk_box_set_spacing (GTK_BOX (self->box), narrow ? 12 : 16);
  gtk_widget_set_visible (self->buttons, !narrow);
  if (narrow)
    gtk_widget_add_css_class (GTK_WIDGET (self->overview), "caption");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->overview), "caption");
  gtk_label_set_max_width_chars (self->overview, narrow ? 26 : 70);
  if (self->episode != NULL)
    show_episode (self);
}
