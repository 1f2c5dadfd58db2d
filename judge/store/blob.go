package store

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"

	"contest/judge"

	"golang.org/x/sys/unix"
)

// Blobs keeps byte strings by their SHA-256 in hexadecimal. Put returns once
// they would survive a power cut; Get never returns other bytes than were put:
// judge.ErrNotFound or ErrCorrupt instead.
type Blobs interface {
	Put(ctx context.Context, sum string, data []byte) error
	Get(ctx context.Context, sum string) ([]byte, error)
	Has(ctx context.Context, sum string) (bool, error)
	Delete(ctx context.Context, sum string) error
}

// Blobs gives the store of sources, for other data that is named by its hash.
func (db *DB) Blobs() Blobs { return db.blobs }

// Disk is the room where sources and database are; nothing is known of
// PostgreSQL's.
func (db *DB) Disk() (judge.Disk, error) {
	if b, ok := db.blobs.(*fileBlobs); ok {
		return Disk(b.root.Name())
	}
	return judge.Disk{}, nil
}

// Disk is the room on the disk of a folder. What only root may use is not free.
func Disk(dir string) (judge.Disk, error) {
	var fs unix.Statfs_t
	if err := unix.Statfs(dir, &fs); err != nil {
		return judge.Disk{}, fmt.Errorf("look how much space is left at %s: %w", dir, err)
	}
	return judge.Disk{FreeBytes: int64(fs.Bavail) * fs.Bsize, TotalBytes: int64(fs.Blocks) * fs.Bsize}, nil
}

// fileBlobs keeps each blob in a file, in 256 folders by its first byte.
type fileBlobs struct{ root *os.Root }

func openFileBlobs(dir string) (*fileBlobs, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &fileBlobs{root}, nil
}

// Close closes the folder.
func (b *fileBlobs) Close() error { return b.root.Close() }

func blobPath(sum string) (folder, file string, err error) {
	if raw, err := hex.DecodeString(sum); err != nil || len(raw) != sha256.Size {
		return "", "", fmt.Errorf("%q is not a SHA-256: %w", sum, judge.ErrInvalid)
	}
	return sum[:2], path.Join(sum[:2], sum), nil
}

// Put implements Blobs. A damaged file of that name is replaced.
func (b *fileBlobs) Put(ctx context.Context, sum string, data []byte) error {
	folder, file, err := blobPath(sum)
	if err != nil {
		return err
	}
	if old, err := b.Get(ctx, sum); err == nil && bytes.Equal(old, data) {
		return b.sync(folder) // whoever put it may not have come so far
	}
	if err := b.makeFolder(folder); err != nil {
		return err
	}
	if err := b.writeFile(file, data); err != nil {
		return err
	}
	return b.sync(folder)
}

func (b *fileBlobs) makeFolder(folder string) error {
	err := b.root.Mkdir(folder, 0o700)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return b.sync(".")
}

// writeFile writes beside the final name and moves the file there when its
// bytes are on disk; on an error nothing is left.
func (b *fileBlobs) writeFile(file string, data []byte) (err error) {
	temp := file + "." + rand.Text()
	f, err := b.root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, b.root.Remove(temp))
		}
	}()
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return b.root.Rename(temp, file)
}

// sync makes the names in a folder durable.
func (b *fileBlobs) sync(folder string) error {
	f, err := b.root.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Get implements Blobs.
func (b *fileBlobs) Get(_ context.Context, sum string) ([]byte, error) {
	_, file, err := blobPath(sum)
	if err != nil {
		return nil, err
	}
	data, err := b.root.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &judge.NotFound{Kind: "blob", Name: sum}
	}
	if err != nil {
		return nil, err
	}
	return data, verify(sum, data)
}

func verify(sum string, data []byte) error {
	if got := sha256.Sum256(data); hex.EncodeToString(got[:]) != sum {
		return fmt.Errorf("%w: blob %s has hash %x", ErrCorrupt, sum, got)
	}
	return nil
}

// Has implements Blobs.
func (b *fileBlobs) Has(_ context.Context, sum string) (bool, error) {
	_, file, err := blobPath(sum)
	if err != nil {
		return false, err
	}
	_, err = b.root.Stat(file)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// Delete implements Blobs; a blob that is not there is fine.
func (b *fileBlobs) Delete(_ context.Context, sum string) error {
	folder, file, err := blobPath(sum)
	if err != nil {
		return err
	}
	err = b.root.Remove(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return errors.Join(err, b.sync(folder))
}
