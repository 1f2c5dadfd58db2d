package main

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"contest/judge"
)

// Every rule of a contest is in what an event records of them; where it is stored and
// served is not.
func TestRulesOfHasEverySetting(t *testing.T) {
	record := func(c judge.Contest) string {
		t.Helper()
		text, err := judge.Canonical(rulesOf(c))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	dubai, err := time.LoadLocation("Asia/Dubai")
	if err != nil {
		t.Fatal(err)
	}
	base := judge.Contest{Zone: time.UTC}
	before := record(base)
	for i := range reflect.TypeFor[judge.Contest]().NumField() {
		name := reflect.TypeFor[judge.Contest]().Field(i).Name
		other := base
		v := reflect.ValueOf(&other).Elem().Field(i)
		switch name {
		case "Zone":
			v.Set(reflect.ValueOf(dubai))
		case "Start":
			v.Set(reflect.ValueOf(time.Unix(1, 0)))
		default:
			change(t, v)
		}
		private := slices.Contains([]string{"Database", "Listen", "Access"}, name)
		if got := record(other); (got == before) != private {
			t.Errorf("another %s: the record is another one: %v, want %v", name, got != before, !private)
		}
	}
}

// change gives a value, or the first of its fields, another one than zero.
func change(t *testing.T, v reflect.Value) {
	t.Helper()
	switch v.Kind() {
	case reflect.String:
		v.SetString("x")
	case reflect.Int, reflect.Int64:
		v.SetInt(1)
	case reflect.Float64:
		v.SetFloat(1)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Struct:
		change(t, v.Field(0))
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
	default:
		t.Fatalf("no other value for a %s", v.Kind())
	}
}
