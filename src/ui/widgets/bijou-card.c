#include "config.h"

#include "bijou-card.h"

#include "bijou-item-menu.h"
#include "bijou-item-text.h"
#include "bijou-text.h"

#include <glib/gi18n.h>

struct _BijouCard
{
  GtkWidget parent_instance;

  BijouCardShape shape;
  BijouCardPurpose purpose;
  BijouItem *item;    /* (owned) (nullable) */
  char *given;        /* (owned) (nullable) second line in place of the item's */
  GtkWidget *art;     /* (unowned) child */
  GtkWidget *title;   /* (unowned) child */
  GtkWidget *line;    /* (unowned) child */
  GtkWidget *popover; /* (unowned) (nullable) child */
  BijouCardAvailability availability;
  gboolean in_list;
  gboolean lit;
};

enum
{
  ACTIVATED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BijouCard, bijou_card, GTK_TYPE_WIDGET)

static gboolean
plays_on_click (BijouCard *self)
{
  return self->purpose != BIJOU_CARD_BROWSE && self->item != NULL &&
         bijou_item_kind_is_playable (self->item->kind);
}

static void
open_item (BijouCard *self)
{
  if (self->item != NULL)
    bijou_item_activate_action (GTK_WIDGET (self), self->item, "win.open-item");
}

static void
play_item (BijouCard *self)
{
  if (self->item != NULL)
    bijou_item_activate_action (GTK_WIDGET (self), self->item, "win.play-item");
}

static void
unparent_and_unref (gpointer data)
{
  g_autoptr (GtkWidget) popover = data;

  if (gtk_widget_get_parent (popover) != NULL)
    gtk_widget_unparent (popover);
}

static void
on_popover_closed_cb (GtkPopover *popover, gpointer user_data)
{
  BijouCard *self = user_data;

  if (self->popover != GTK_WIDGET (popover))
    return;
  self->popover = NULL;
  /* The chosen action still runs with the popover as its place in the window. */
  g_idle_add_once (unparent_and_unref, g_object_ref (popover));
}

static void
on_released_cb (GtkGestureClick *gesture, int n_press, double x, double y, gpointer user_data)
{
  BijouCard *self = user_data;

  if (!gtk_widget_contains (GTK_WIDGET (self), x, y))
    return;
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  bijou_card_activate (self);
}

static void
on_menu_pressed_cb (GtkGestureClick *gesture, int n_press, double x, double y, gpointer user_data)
{
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  bijou_card_show_menu (user_data, &GRAPHENE_POINT_INIT ((float) x, (float) y));
}

static void
on_long_pressed_cb (GtkGestureLongPress *gesture, double x, double y, gpointer user_data)
{
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  bijou_card_show_menu (user_data, &GRAPHENE_POINT_INIT ((float) x, (float) y));
}

static gboolean
on_key_pressed_cb (GtkEventControllerKey *controller,
                   guint keyval,
                   guint keycode,
                   GdkModifierType state,
                   gpointer user_data)
{
  return bijou_card_handle_key (user_data, keyval, state);
}

static void
update_light (BijouCard *self)
{
  GtkStateFlags flags = gtk_widget_get_state_flags (GTK_WIDGET (self));
  gboolean lit = (flags & (GTK_STATE_FLAG_PRELIGHT | GTK_STATE_FLAG_FOCUS_VISIBLE)) != 0;
  gboolean hovered = (flags & GTK_STATE_FLAG_PRELIGHT) != 0;

  if (self->lit != hovered)
    bijou_art_set_highlight (BIJOU_ART (self->art), hovered);
  self->lit = hovered;
  bijou_art_set_play_disc (BIJOU_ART (self->art), lit && plays_on_click (self));
}

static void
bijou_card_state_flags_changed (GtkWidget *widget, GtkStateFlags previous)
{
  BijouCard *self = BIJOU_CARD (widget);

  GTK_WIDGET_CLASS (bijou_card_parent_class)->state_flags_changed (widget, previous);
  if (self->art != NULL)
    update_light (self);
}

static void
show_badge (BijouCard *self)
{
  g_autofree char *text = NULL;
  BijouBadge badge = BIJOU_BADGE_NONE;
  BijouItem *item = self->item;

  if (self->availability == BIJOU_CARD_DOWNLOADED)
    badge = BIJOU_BADGE_DOWNLOADED;
  else if (self->availability == BIJOU_CARD_CACHED)
    badge = BIJOU_BADGE_CACHED;
  else if (self->purpose == BIJOU_CARD_NEXT && !bijou_item_is_in_progress (item) &&
           item->duration_ms > 0)
    {
      badge = BIJOU_BADGE_TIME;
      text = bijou_text_format_duration (item->duration_ms);
    }
  else if (item->watched && self->purpose == BIJOU_CARD_BROWSE)
    badge = BIJOU_BADGE_WATCHED;
  else if (item->unwatched > 0 &&
           (item->kind == BIJOU_ITEM_SHOW || item->kind == BIJOU_ITEM_SEASON))
    {
      badge = BIJOU_BADGE_COUNT;
      text = item->unwatched > 99 ? g_strdup ("99+") : g_strdup_printf ("%d", item->unwatched);
    }
  bijou_art_set_badge (BIJOU_ART (self->art), badge, text);
}

static const char *
choose_image (BijouCard *self)
{
  BijouItem *item = self->item;

  if (self->shape == BIJOU_CARD_POSTER)
    return item->poster;
  if (item->kind == BIJOU_ITEM_EPISODE)
    return item->still != NULL ? item->still : item->backdrop;
  /* A film's own picture in 16:9 is its backdrop. */
  return item->backdrop != NULL ? item->backdrop : item->still;
}

static char *
describe_item (BijouCard *self)
{
  if (self->given != NULL)
    return g_strdup (self->given);
  if (self->availability == BIJOU_CARD_NEEDS_SERVER)
    return g_strdup (_ ("Needs server"));
  if (self->purpose == BIJOU_CARD_CONTINUE)
    return bijou_item_text_progress (self->item);
  return bijou_item_text_subtitle (self->item);
}

static void
set_accessible_name (BijouCard *self, const char *name)
{
  GtkWidget *parent = gtk_widget_get_parent (GTK_WIDGET (self));

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  if (self->in_list && parent != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (parent), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                    -1);
}

static void
set_lines (BijouCard *self, const char *title, const char *subtitle)
{
  gtk_label_set_label (GTK_LABEL (self->title), title != NULL ? title : "");
  gtk_label_set_label (GTK_LABEL (self->line), subtitle != NULL ? subtitle : "");
}

static void
show_item (BijouCard *self)
{
  BijouArt *art = BIJOU_ART (self->art);
  BijouItem *item = self->item;
  g_autofree char *title = bijou_item_text_title (item);
  g_autofree char *subtitle = describe_item (self);
  g_autofree char *name = bijou_item_text_accessible (item, subtitle);

  set_lines (self, title, subtitle);
  set_accessible_name (self, name);
  bijou_art_set_placeholder (art, title, bijou_item_kind_get_icon (item->kind));
  bijou_art_set_picture (art, item->server_id, choose_image (self));
  bijou_art_set_progress (art,
                          bijou_item_is_in_progress (item) ? bijou_item_get_fraction (item) : -1);
  show_badge (self);
}

static void
show_nothing (BijouCard *self)
{
  BijouArt *art = BIJOU_ART (self->art);

  set_lines (self, "", "");
  bijou_art_set_picture (art, NULL, NULL);
  bijou_art_set_placeholder (art, NULL, NULL);
  bijou_art_set_progress (art, -1);
  bijou_art_set_badge (art, BIJOU_BADGE_NONE, NULL);
}

static void
bijou_card_dispose (GObject *object)
{
  BijouCard *self = BIJOU_CARD (object);
  GtkWidget *child;

  self->popover = NULL;
  self->art = NULL;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->item);
  G_OBJECT_CLASS (bijou_card_parent_class)->dispose (object);
}

static void
bijou_card_finalize (GObject *object)
{
  g_free (BIJOU_CARD (object)->given);
  G_OBJECT_CLASS (bijou_card_parent_class)->finalize (object);
}

static void
bijou_card_class_init (BijouCardClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = bijou_card_dispose;
  object_class->finalize = bijou_card_finalize;
  widget_class->state_flags_changed = bijou_card_state_flags_changed;
  signals[ACTIVATED] = g_signal_new ("activated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                     NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_activate_signal (widget_class, signals[ACTIVATED]);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "card");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_BUTTON);
}

static GtkWidget *
make_line (BijouCard *self, const char *css_class, int margin)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 1);
  gtk_label_set_single_line_mode (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, css_class);
  gtk_widget_set_margin_top (label, margin);
  gtk_widget_set_parent (label, GTK_WIDGET (self));
  return label;
}

static void
add_pointer_controllers (BijouCard *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkGesture *menu = gtk_gesture_click_new ();
  GtkGesture *press = gtk_gesture_long_press_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (menu), GDK_BUTTON_SECONDARY);
  g_signal_connect (menu, "pressed", G_CALLBACK (on_menu_pressed_cb), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (menu));
  gtk_gesture_single_set_touch_only (GTK_GESTURE_SINGLE (press), TRUE);
  g_signal_connect (press, "pressed", G_CALLBACK (on_long_pressed_cb), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (press));
}

/* In a list the cell has the focus and the click. */
static void
add_button_controllers (BijouCard *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkGesture *click = gtk_gesture_click_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  g_signal_connect (click, "released", G_CALLBACK (on_released_cb), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (click));
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key_pressed_cb), self);
  gtk_widget_add_controller (widget, keys);
  gtk_widget_set_focusable (widget, TRUE);
}

static void
bijou_card_init (BijouCard *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_widget_add_css_class (GTK_WIDGET (self), "bijou-card");
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_START);
  add_pointer_controllers (self);
}

/**
 * bijou_card_new:
 * @context: where pictures come from
 * @shape: of its picture
 * @purpose: what its lines say
 *
 * Returns: (transfer floating): a new card, focusable
 */
GtkWidget *
bijou_card_new (BijouContext *context, BijouCardShape shape, BijouCardPurpose purpose)
{
  BijouCard *self = g_object_new (BIJOU_TYPE_CARD, NULL);

  self->shape = shape;
  self->purpose = purpose;
  self->art = bijou_art_new (context);
  gtk_widget_set_parent (self->art, GTK_WIDGET (self));
  self->title = make_line (self, "caption-heading", 8);
  self->line = make_line (self, "caption", 1);
  gtk_widget_add_css_class (self->line, "dim-label");
  if (shape == BIJOU_CARD_PERSON)
    {
      gtk_widget_set_halign (self->art, GTK_ALIGN_CENTER);
      gtk_label_set_xalign (GTK_LABEL (self->title), 0.5f);
      gtk_label_set_xalign (GTK_LABEL (self->line), 0.5f);
    }
  bijou_card_set_width (self, shape == BIJOU_CARD_STILL ? 264 : 150);
  add_button_controllers (self);
  return GTK_WIDGET (self);
}

/**
 * bijou_card_get_shape:
 * @self: a card
 *
 * Returns: the shape of its picture
 */
BijouCardShape
bijou_card_get_shape (BijouCard *self)
{
  g_return_val_if_fail (BIJOU_IS_CARD (self), BIJOU_CARD_POSTER);
  return self->shape;
}

/**
 * bijou_card_set_width:
 * @self: a card
 * @width: of its picture in pixels
 */
void
bijou_card_set_width (BijouCard *self, int width)
{
  int height = width;

  g_return_if_fail (BIJOU_IS_CARD (self));
  if (self->shape == BIJOU_CARD_POSTER)
    height = width * 3 / 2;
  else if (self->shape == BIJOU_CARD_STILL)
    height = width * 9 / 16;
  else
    bijou_art_set_radius (BIJOU_ART (self->art), width / 2);
  bijou_art_set_size (BIJOU_ART (self->art), width, height);
  gtk_widget_set_size_request (GTK_WIDGET (self),
                               self->shape == BIJOU_CARD_PERSON ? width + 16 : width, -1);
  gtk_widget_set_halign (GTK_WIDGET (self), GTK_ALIGN_START);
}

/**
 * bijou_card_set_stretched:
 * @self: a card
 * @min_width: in pixels
 *
 * Lets it be as wide as its cell.
 */
void
bijou_card_set_stretched (BijouCard *self, int min_width)
{
  g_return_if_fail (BIJOU_IS_CARD (self));
  bijou_art_set_ratio (BIJOU_ART (self->art), self->shape == BIJOU_CARD_STILL ? 9.0 / 16.0 : 1.5,
                       min_width);
  gtk_widget_set_size_request (GTK_WIDGET (self), -1, -1);
  gtk_widget_set_halign (GTK_WIDGET (self), GTK_ALIGN_FILL);
}

/**
 * bijou_card_set_item:
 * @self: a card
 * @item: (nullable): what it shows; %NULL until it is known
 */
void
bijou_card_set_item (BijouCard *self, BijouItem *item)
{
  g_return_if_fail (BIJOU_IS_CARD (self));
  if (!g_set_object (&self->item, item))
    return;
  if (item != NULL)
    show_item (self);
  else
    show_nothing (self);
  update_light (self);
}

/**
 * bijou_card_get_item:
 * @self: a card
 *
 * Returns: (transfer none) (nullable): what it shows
 */
BijouItem *
bijou_card_get_item (BijouCard *self)
{
  g_return_val_if_fail (BIJOU_IS_CARD (self), NULL);
  return self->item;
}

/**
 * bijou_card_set_texts:
 * @self: a card without an item
 * @title: its first line
 * @subtitle: (nullable): its second line
 */
void
bijou_card_set_texts (BijouCard *self, const char *title, const char *subtitle)
{
  g_autofree char *name = NULL;

  g_return_if_fail (BIJOU_IS_CARD (self));
  name = subtitle != NULL ? g_strdup_printf ("%s, %s", title, subtitle) : g_strdup (title);
  set_lines (self, title, subtitle);
  set_accessible_name (self, name);
}

/**
 * bijou_card_set_availability:
 * @self: a card
 * @availability: whether its item can be played now
 */
void
bijou_card_set_availability (BijouCard *self, BijouCardAvailability availability)
{
  g_return_if_fail (BIJOU_IS_CARD (self));
  if (self->availability == availability)
    return;
  self->availability = availability;
  bijou_art_set_dimmed (BIJOU_ART (self->art), availability == BIJOU_CARD_NEEDS_SERVER);
  if (self->item != NULL)
    show_item (self);
}

/**
 * bijou_card_set_subtitle:
 * @self: a card
 * @subtitle: (nullable): what its second line says in place of what the item says
 */
void
bijou_card_set_subtitle (BijouCard *self, const char *subtitle)
{
  g_return_if_fail (BIJOU_IS_CARD (self));
  g_free (self->given);
  self->given = g_strdup (subtitle);
  if (self->item != NULL)
    show_item (self);
}

/**
 * bijou_card_set_picture:
 * @self: a card without an item
 * @server_id: the server that has it
 * @image: (nullable): its reference
 * @icon: (nullable): shown when there is none
 */
void
bijou_card_set_picture (BijouCard *self, const char *server_id, const char *image, const char *icon)
{
  g_return_if_fail (BIJOU_IS_CARD (self));
  bijou_art_set_placeholder (BIJOU_ART (self->art), NULL, icon);
  bijou_art_set_picture (BIJOU_ART (self->art), server_id, image);
}

static gboolean
is_button_controller (GtkEventController *controller)
{
  if (GTK_IS_EVENT_CONTROLLER_KEY (controller))
    return TRUE;
  return GTK_IS_GESTURE_CLICK (controller) &&
         gtk_gesture_single_get_button (GTK_GESTURE_SINGLE (controller)) == GDK_BUTTON_PRIMARY;
}

/**
 * bijou_card_set_in_list:
 * @self: a card
 *
 * Leaves focus, click and keys to the cell of a list; see bijou_card_add_keys_to_list().
 */
void
bijou_card_set_in_list (BijouCard *self)
{
  g_autoptr (GListModel) controllers = NULL;

  g_return_if_fail (BIJOU_IS_CARD (self));
  self->in_list = TRUE;
  gtk_widget_set_focusable (GTK_WIDGET (self), FALSE);
  controllers = gtk_widget_observe_controllers (GTK_WIDGET (self));
  for (guint i = g_list_model_get_n_items (controllers); i > 0; i--)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i - 1);

      if (is_button_controller (controller))
        gtk_widget_remove_controller (GTK_WIDGET (self), controller);
    }
}

/**
 * bijou_card_activate:
 * @self: a card
 *
 * Does what a click does.
 */
void
bijou_card_activate (BijouCard *self)
{
  g_return_if_fail (BIJOU_IS_CARD (self));
  g_signal_emit (self, signals[ACTIVATED], 0);
  if (plays_on_click (self))
    play_item (self);
  else
    open_item (self);
}

/**
 * bijou_card_handle_key:
 * @self: a card
 * @keyval: a key
 * @state: its modifiers
 *
 * Returns: whether it is one of a card's keys, and was done
 */
gboolean
bijou_card_handle_key (BijouCard *self, guint keyval, GdkModifierType state)
{
  GdkModifierType modifiers = state & gtk_accelerator_get_default_mod_mask ();
  gboolean plain = modifiers == 0;

  g_return_val_if_fail (BIJOU_IS_CARD (self), FALSE);
  if (plain && (keyval == GDK_KEY_Menu))
    bijou_card_show_menu (self, NULL);
  else if (modifiers == GDK_SHIFT_MASK && keyval == GDK_KEY_F10)
    bijou_card_show_menu (self, NULL);
  else if (self->item == NULL && plain &&
           (keyval == GDK_KEY_space || keyval == GDK_KEY_Return || keyval == GDK_KEY_KP_Enter))
    bijou_card_activate (self);
  else if (self->item == NULL)
    return FALSE;
  else if (plain && keyval == GDK_KEY_space)
    play_item (self);
  else if (plain && (keyval == GDK_KEY_Return || keyval == GDK_KEY_KP_Enter))
    open_item (self);
  else if (plain && keyval == GDK_KEY_w)
    bijou_item_toggle_watched (GTK_WIDGET (self), self->item);
  else if (modifiers == GDK_CONTROL_MASK && keyval == GDK_KEY_d)
    bijou_item_toggle_favourite (GTK_WIDGET (self), self->item);
  else
    return FALSE;
  return TRUE;
}

/**
 * bijou_card_show_menu:
 * @self: a card
 * @at: (nullable): where, in its coordinates; %NULL: at its picture
 */
void
bijou_card_show_menu (BijouCard *self, const graphene_point_t *at)
{
  g_autoptr (GMenuModel) menu = NULL;

  g_return_if_fail (BIJOU_IS_CARD (self));
  if (self->item == NULL || self->popover != NULL)
    return;
  menu = bijou_item_menu_new (self->item);
  self->popover = gtk_popover_menu_new_from_model (menu);
  gtk_popover_set_has_arrow (GTK_POPOVER (self->popover), FALSE);
  gtk_widget_set_halign (self->popover, GTK_ALIGN_START);
  gtk_widget_set_parent (self->popover, GTK_WIDGET (self));
  if (at != NULL)
    gtk_popover_set_pointing_to (GTK_POPOVER (self->popover),
                                 &(GdkRectangle){ (int) at->x, (int) at->y, 1, 1 });
  else
    gtk_popover_set_pointing_to (GTK_POPOVER (self->popover),
                                 &(GdkRectangle){ 0, 0, gtk_widget_get_width (self->art),
                                                  gtk_widget_get_height (self->art) });
  g_signal_connect_object (self->popover, "closed", G_CALLBACK (on_popover_closed_cb), self, 0);
  gtk_popover_popup (GTK_POPOVER (self->popover));
}

static BijouCard *
find_focused_card (GtkWidget *list)
{
  GtkRoot *root = gtk_widget_get_root (list);
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  GtkWidget *child;

  if (focus == NULL || !gtk_widget_is_ancestor (focus, list))
    return NULL;
  child = gtk_widget_get_first_child (focus);
  return child != NULL && BIJOU_IS_CARD (child) ? BIJOU_CARD (child) : NULL;
}

static gboolean
on_list_key_pressed_cb (GtkEventControllerKey *controller,
                        guint keyval,
                        guint keycode,
                        GdkModifierType state,
                        gpointer user_data)
{
  BijouCard *card =
      find_focused_card (gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (controller)));

  return card != NULL && bijou_card_handle_key (card, keyval, state);
}

/**
 * bijou_card_add_keys_to_list:
 * @list: a list or grid view whose cells hold cards made by bijou_card_set_in_list()
 */
void
bijou_card_add_keys_to_list (GtkWidget *list)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_list_key_pressed_cb), NULL);
  gtk_widget_add_controller (list, keys);
}
