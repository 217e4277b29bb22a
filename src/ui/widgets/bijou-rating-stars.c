#include "config.h"

#include "bijou-rating-stars.h"

#include <glib/gi18n.h>
#include <math.h>

#define N_STARS 5
#define NONE -1
#define STAR_SIZE 24

struct _BijouRatingStars
{
  GtkWidget parent_instance;

  GtkWidget *stars[N_STARS]; /* (unowned) children */
  int halves;                /* 1–10, NONE */
  int preview;               /* what the pointer is over, NONE: it is not over it */
};

enum
{
  RATED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BijouRatingStars, bijou_rating_stars, GTK_TYPE_WIDGET)

/* --- what it shows --- */

static const char *
get_icon (int halves, int star)
{
  if (halves >= star * 2 + 2)
    return "starred-symbolic";
  return halves == star * 2 + 1 ? "semi-starred-symbolic" : "non-starred-symbolic";
}

static void
show_stars (BijouRatingStars *self)
{
  int halves = self->preview != NONE ? self->preview : self->halves;

  for (int i = 0; i < N_STARS; i++)
    gtk_image_set_from_icon_name (GTK_IMAGE (self->stars[i]), get_icon (halves, i));
}

static void
tell_value (BijouRatingStars *self)
{
  g_autofree char *count = bijou_rating_stars_format (self->halves);
  /* Translators: %s is a number of stars, "3½" */
  g_autofree char *text = self->halves != NONE ? g_strdup_printf (_ ("%s of 5 stars"), count)
                                               : g_strdup (_ ("Not rated"));

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_VALUE_NOW,
                                  MAX (0, self->halves) / 2.0, GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT,
                                  text, -1);
}

static void
choose (BijouRatingStars *self, int halves)
{
  self->preview = NONE;
  self->halves = halves > 0 ? MIN (halves, N_STARS * 2) : NONE;
  show_stars (self);
  tell_value (self);
  g_signal_emit (self, signals[RATED], 0, (double) self->halves);
}

/* --- the pointer --- */

static gboolean
is_rtl (BijouRatingStars *self)
{
  return gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
}

static int
get_halves_at (BijouRatingStars *self, double x)
{
  double width = MAX (gtk_widget_get_width (GTK_WIDGET (self)), 1);
  double fraction = is_rtl (self) ? 1 - x / width : x / width;

  return CLAMP ((int) ceil (fraction * N_STARS * 2), 1, N_STARS * 2);
}

static void
on_motion_cb (GtkEventControllerMotion *controller, double x, double y, BijouRatingStars *self)
{
  self->preview = get_halves_at (self, x);
  show_stars (self);
}

static void
on_leave_cb (GtkEventControllerMotion *controller, BijouRatingStars *self)
{
  self->preview = NONE;
  show_stars (self);
}

static void
on_released_cb (GtkGestureClick *gesture, int n_press, double x, double y, BijouRatingStars *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (gtk_widget_contains (GTK_WIDGET (self), x, y))
    choose (self, get_halves_at (self, x));
}

/* --- keys --- */

static gboolean
step (BijouRatingStars *self, int halves)
{
  choose (self, MAX (0, self->halves) + halves);
  return TRUE;
}

static gboolean
on_key_cb (GtkEventControllerKey *controller,
           guint keyval,
           guint keycode,
           GdkModifierType state,
           BijouRatingStars *self)
{
  int forward = is_rtl (self) ? -1 : 1;

  if ((state & gtk_accelerator_get_default_mod_mask ()) != 0)
    return FALSE;
  switch (keyval)
    {
    case GDK_KEY_Right:
    case GDK_KEY_KP_Right:
      return step (self, forward);
    case GDK_KEY_Left:
    case GDK_KEY_KP_Left:
      return step (self, -forward);
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
    case GDK_KEY_plus:
    case GDK_KEY_KP_Add:
      return step (self, 1);
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
    case GDK_KEY_minus:
    case GDK_KEY_KP_Subtract:
      return step (self, -1);
    case GDK_KEY_Home:
      return step (self, 1 - MAX (0, self->halves));
    case GDK_KEY_End:
      return step (self, N_STARS * 2);
    case GDK_KEY_Delete:
    case GDK_KEY_BackSpace:
      return step (self, -N_STARS * 2);
    default:
      break;
    }
  if (keyval >= GDK_KEY_0 && keyval <= GDK_KEY_5)
    {
      choose (self, (int) (keyval - GDK_KEY_0) * 2);
      return TRUE;
    }
  if (keyval >= GDK_KEY_KP_0 && keyval <= GDK_KEY_KP_5)
    {
      choose (self, (int) (keyval - GDK_KEY_KP_0) * 2);
      return TRUE;
    }
  return FALSE;
}

/* --- life --- */

static void
bijou_rating_stars_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (bijou_rating_stars_parent_class)->dispose (object);
}

static void
bijou_rating_stars_class_init (BijouRatingStarsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bijou_rating_stars_dispose;
  signals[RATED] = g_signal_new ("rated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 1, G_TYPE_DOUBLE);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_SLIDER);
}

static void
add_stars (BijouRatingStars *self)
{
  for (int i = 0; i < N_STARS; i++)
    {
      self->stars[i] =
          g_object_new (GTK_TYPE_IMAGE, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
      gtk_image_set_pixel_size (GTK_IMAGE (self->stars[i]), STAR_SIZE);
      gtk_widget_set_parent (self->stars[i], GTK_WIDGET (self));
    }
}

static void
add_controllers (BijouRatingStars *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  g_signal_connect (motion, "enter", G_CALLBACK (on_motion_cb), self);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion_cb), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave_cb), self);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key_cb), self);
  g_signal_connect (click, "released", G_CALLBACK (on_released_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}

static void
bijou_rating_stars_init (BijouRatingStars *self)
{
  self->halves = NONE;
  self->preview = NONE;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self), "bijou-stars");
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self))),
                              6);
  add_stars (self);
  add_controllers (self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Your Rating"), GTK_ACCESSIBLE_PROPERTY_VALUE_MIN, 0.0,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_MAX, (double) N_STARS, -1);
  show_stars (self);
  tell_value (self);
}

/**
 * bijou_rating_stars_new:
 *
 * Returns: (transfer floating): stars, none of them lit
 */
GtkWidget *
bijou_rating_stars_new (void)
{
  return g_object_new (BIJOU_TYPE_RATING_STARS, NULL);
}

/**
 * bijou_rating_stars_set_rating:
 * @self: stars
 * @rating: 0–10, negative: none
 */
void
bijou_rating_stars_set_rating (BijouRatingStars *self, double rating)
{
  int halves = rating > 0 ? CLAMP ((int) round (rating), 1, N_STARS * 2) : NONE;

  g_return_if_fail (BIJOU_IS_RATING_STARS (self));

  if (self->halves == halves)
    return;
  self->halves = halves;
  show_stars (self);
  tell_value (self);
}

/**
 * bijou_rating_stars_format:
 * @rating: 0–10
 *
 * Returns: (transfer full): how many stars that is, to the half: "3½"
 */
char *
bijou_rating_stars_format (double rating)
{
  int halves = CLAMP ((int) round (rating), 0, N_STARS * 2);

  if (halves == 1)
    return g_strdup ("½");
  return g_strdup_printf ("%d%s", halves / 2, halves % 2 != 0 ? "½" : "");
}
